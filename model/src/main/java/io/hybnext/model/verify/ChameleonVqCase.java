package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqNetwork;
import io.hybnext.model.tokenizer.VqWeights;
import java.io.IOException;
import java.util.TreeSet;

/** Chameleon's VQ-GAN. It runs in fp32 in either precision, and is held to fp32. */
final class ChameleonVqCase implements CaseKind {
  @Override
  public String name() {
    return "chameleon-vq";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.has("ddconfig") && config.has("n_embed");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    VqConfig config = VqConfig.fromJson(VqCase.settings(reference));
    try (Scope scope = engine.openScope("verify");
        VqNetwork network = VqNetwork.compile(engine, config)) {
      VqWeights weights = VqWeights.load(scope, network, reference.weights("model"));
      Array decoded = VqCase.forward(scope, network, weights, reference, compare);
      compare.levels("recon_u8", network.toBytes(scope, decoded).toBytes(), 1);
      losses(network.losses(weights, VqCase.images(scope, reference)), reference, compare);
    }
    VqCase.crops(reference, compare);
  }

  private static void losses(VqNetwork.Losses losses, ReferenceCase reference, Comparison compare)
      throws IOException {
    compare.forwardInFp32("codebook_loss", new float[] {losses.vq() + losses.commit()});
    compare.forwardInFp32("loss_mse_plus_codebook", new float[] {losses.total()});
    for (String key : new TreeSet<>(reference.keys("grads"))) {
      float[] gradient = losses.gradients().get(key);
      if (gradient != null) {
        compare.gradientInFp32("grads", key, gradient);
      }
    }
  }
}
