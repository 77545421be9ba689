package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.kelix.KelixTokNetwork;
import io.hybnext.model.kelix.KelixTokNetwork.Grid;
import io.hybnext.model.kelix.KelixTokNetwork.Quantised;
import io.hybnext.model.kelix.KelixTokNetwork.VqLosses;
import io.hybnext.model.kelix.KelixTokWeights;
import io.hybnext.model.network.FlatLayout.Parameter;
import io.hybnext.model.tokenizer.CodeCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Kelix's image tokenizer. It runs in fp32 in either precision, and is held to fp32. */
final class KelixTokCase implements CaseKind {
  @Override
  public String name() {
    return "kelix-tok";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.path("model_class").asText().equals(KelixTokConfig.MODEL_CLASS);
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    KelixTokConfig config = KelixTokConfig.fromJson(reference.config().path("tokenizer_config"));
    try (Scope scope = engine.openScope("verify");
        KelixTokNetwork network = KelixTokNetwork.compile(engine, config)) {
      KelixTokWeights weights = KelixTokWeights.load(scope, network, reference.weights("model"));
      new Checks(scope, network, weights, reference, compare).run();
    }
  }

  /** The checks of one case. */
  private static final class Checks {
    private final Scope scope;
    private final KelixTokNetwork network;
    private final KelixTokConfig config;
    private final KelixTokWeights weights;
    private final ReferenceCase reference;
    private final Comparison compare;
    private final Array flat;
    private final List<List<Array>> stages = new ArrayList<>(); // of each image

    Checks(
        Scope scope,
        KelixTokNetwork network,
        KelixTokWeights weights,
        ReferenceCase reference,
        Comparison compare) {
      this.scope = scope;
      this.network = network;
      this.config = network.config();
      this.weights = weights;
      this.reference = reference;
      this.compare = compare;
      this.flat = weights.flat().leaf(scope);
    }

    void run() throws IOException {
      try (Autograd.Recording on = Autograd.record()) {
        Array merged = encode();
        Quantised quantised = network.quantise(scope, merged, flat, weights.table());
        quantisers(quantised);
        Array embeds = embeddings(quantised);
        Array total = losses(quantised, embeds);
        Autograd.backward(total);
      }
      float[] gradients = Autograd.gradient(scope, flat).orElseThrow().toFloats();
      for (Parameter p : network.layout().parameters()) {
        float[] part = Arrays.copyOfRange(gradients, p.offset(), p.offset() + p.length());
        compare.gradientInFp32("grads", p.name(), part);
      }
    }

    private Array call(String method, Object... arguments) {
      return network.kernels().call(scope, method, arguments);
    }

    /** Every image on its own grid; returns the merged cells of all. */
    private Array encode() throws IOException {
      long[] grids = reference.longs("io", "in.image_grid_thw");
      float[] pixels = reference.floats("io", "in.pixel_values");
      int length = config.channels() * config.patchSize() * config.patchSize();
      int at = 0;
      for (int image = 0; image < grids.length / 3; image++) {
        int rows = (int) grids[3 * image + 1];
        int columns = (int) grids[3 * image + 2];
        int count = rows * columns * length;
        float[] own = Arrays.copyOfRange(pixels, at, at + count);
        at += count;
        Grid grid = network.grid(scope, rows, columns);
        stages.add(stages(scope.floats(own, 1, (long) rows * columns, length), grid));
      }
      compare.forwardInFp32("vit.patch_plus_pos", stage(0).toFloats());
      for (int layer = 0; layer < config.layers(); layer++) {
        compare.forwardInFp32("vit.layer" + layer, stage(1 + layer).toFloats());
      }
      compare.forwardInFp32("vit.last_hidden_state", stage(1 + config.layers()).toFloats());
      Array merged = stage(2 + config.layers());
      compare.forwardInFp32("merged", merged.toFloats());
      return merged;
    }

    private List<Array> stages(Array patches, Grid grid) {
      List<Array> all = new ArrayList<>();
      Array x = call("embed", patches, flat, grid.size());
      all.add(x);
      for (int layer = 0; layer < config.layers(); layer++) {
        x = call("layer", x, flat, grid.turns(), scope.longs(new long[] {layer}));
        all.add(x);
      }
      all.add(call("post", x, flat));
      all.add(network.encode(scope, patches, flat, grid)); // the way that training takes
      return all;
    }

    private Array stage(int number) {
      return call("rows", stages.stream().map(image -> image.get(number)).toList());
    }

    private void quantisers(Quantised q) throws IOException {
      compare.forwardInFp32("z_e", q.z().toFloats());
      compare.forwardInFp32("z_e_normed", q.normed().toFloats());
      compare.forwardInFp32("codebooks", q.codebooks().toFloats());
      compare.forwardInFp32("distances", call("distances", q.normed(), q.codebooks()).toFloats());
      compare.forwardInFp32("z_q", q.straightThrough().toFloats());
      long[] indices = q.indices().toLongs();
      compare.exact("indices", indices);
      int vocabulary = reference.config().path("vocab_size").asInt();
      int codes = config.codes();
      long[] aligned = new long[indices.length];
      Arrays.setAll(aligned, i -> vocabulary + (long) (i % codes) * config.entries() + indices[i]);
      compare.exact("aligned_indices", aligned);
      float[] usage = new float[codes];
      float[] perplexity = new float[codes];
      for (int code = 0; code < codes; code++) {
        CodeCounts counts = new CodeCounts(config.entries());
        for (int at = code; at < indices.length; at += codes) {
          counts.add((int) indices[at]);
        }
        usage[code] = (float) counts.usage();
        perplexity[code] = (float) counts.perplexity();
      }
      compare.forwardInFp32("code_usage", usage);
      compare.forwardInFp32("code_perplexity", perplexity);
    }

    private Array embeddings(Quantised q) throws IOException {
      Array each = call("up", q.straightThrough(), flat);
      Array pooled = call("pool", each);
      compare.forwardInFp32("up_projected", each.toFloats());
      compare.forwardInFp32("token_embeds", pooled.toFloats());
      Array alone = network.embeddingsOf(scope, q.indices(), flat, weights.table());
      compare.forwardInFp32("token_embeds_from_indices", alone.toFloats());
      return pooled;
    }

    private Array losses(Quantised q, Array embeds) throws IOException {
      VqLosses vq = network.losses(scope, q);
      compare.forwardInFp32("codebook_loss", vq.codebook().toFloats());
      compare.forwardInFp32("commitment_loss", vq.commitment().toFloats());
      compare.forwardInFp32("vq_loss", vq.total().toFloats());
      float[] weight = reference.floats("io", "in.probe");
      Array probe = call("probe", embeds, scope.floats(weight, reference.shape("io", "in.probe")));
      compare.forwardInFp32("probe_loss", probe.toFloats());
      Array total = network.sum(scope, List.of(probe, vq.total()));
      compare.forwardInFp32("loss", total.toFloats());
      return total;
    }
  }
}
