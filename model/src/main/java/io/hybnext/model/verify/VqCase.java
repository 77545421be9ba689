package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.CenterCrop;
import io.hybnext.image.PixelValues;
import io.hybnext.image.PixelValues.Rounding;
import io.hybnext.model.tokenizer.CodebookUsage;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqNetwork;
import io.hybnext.model.tokenizer.VqWeights;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** LlamaGen's VQ tokenizer. It runs in fp32 in either precision, and is held to fp32. */
final class VqCase implements CaseKind {
  private static final Pattern LOSS =
      Pattern.compile(
          "(r" + KeyNumber.PATTERN + ")_(rec_mse|vq_loss|commit_loss|entropy_loss|loss)");
  private static final Pattern GRADIENT = Pattern.compile("(r" + KeyNumber.PATTERN + ")/(.+)");
  private static final Pattern CROP = Pattern.compile("(crop_.+)_in_u8");

  @Override
  public String name() {
    return "llamagen-vq";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.has("codebook_size") && config.has("encoder_ch_mult");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    SafetensorsFile model = reference.weights("model");
    ObjectNode json = settings(reference);
    try (Scope scope = engine.openScope("verify");
        VqNetwork network = VqNetwork.compile(engine, VqConfig.fromJson(json))) {
      VqWeights weights = VqWeights.load(scope, network, model);
      Array decoded = forward(scope, network, weights, reference, compare);
      compare.levels("recon_u8_save_image", network.toBytes(scope, decoded).toBytes(), 1);
      demo(network, decoded.toFloats(), compare);
    }
    losses(engine, json, model, reference, compare);
    crops(reference, compare);
  }

  /** The case's settings with the size of its images. */
  static ObjectNode settings(ReferenceCase reference) throws IOException {
    ObjectNode json = reference.config().deepCopy();
    json.put("_image_size", (int) reference.shape("io", "image")[2]);
    json.put("_in_channels", (int) reference.shape("io", "image")[1]);
    return json;
  }

  /**
   * What both families of tokenizers do alike: encode, quantise, decode from the recorded indices,
   * so that one wrong index shows once.
   *
   * @return the decoded images
   */
  static Array forward(
      Scope scope,
      VqNetwork network,
      VqWeights weights,
      ReferenceCase reference,
      Comparison compare)
      throws IOException {
    if (reference.has("io", "image_u8")) {
      byte[] bytes = reference.bytes("io", "image_u8");
      Array levels = scope.bytes(bytes, reference.shape("io", "image_u8"));
      compare.forwardInFp32("image", network.normalise(scope, levels).toFloats());
    }
    Array images = images(scope, reference);
    VqNetwork.Encoded encoded = network.encode(scope, weights, images);
    compare.forwardInFp32("encoder_out", encoded.encoderOut().toFloats());
    compare.forwardInFp32("latent", encoded.latent().toFloats());
    compare.forwardInFp32("quant", encoded.quant().toFloats());
    long[] indices = encoded.indices().toLongs();
    compare.exact("indices", indices);
    CodebookUsage usage = new CodebookUsage(network.config().codebookSize());
    usage.add(indices);
    compare.forwardInFp32("codebook_usage", new float[] {(float) usage.fraction()});
    Array recorded =
        reference.has("io", "indices")
            ? scope.longs(reference.longs("io", "indices"), reference.shape("io", "indices"))
            : encoded.indices();
    Array entries = network.entries(scope, weights, recorded);
    compare.forwardInFp32("codebook_entries", entries.toFloats());
    compare.forwardInFp32("recon", network.decode(scope, weights, encoded.quant()).toFloats());
    Array decoded = network.decode(scope, weights, entries);
    compare.forwardInFp32("recon_from_indices", decoded.toFloats());
    return decoded;
  }

  static Array images(Scope scope, ReferenceCase reference) throws IOException {
    return scope.floats(reference.floats("io", "image"), reference.shape("io", "image"));
  }

  private static void demo(VqNetwork network, float[] values, Comparison compare)
      throws IOException {
    int side = network.config().imageSize();
    int channels = network.config().inChannels();
    byte[] demo = new byte[values.length];
    int length = side * side * channels;
    for (int at = 0; at < values.length; at += length) {
      byte[] one = PixelValues.toBytes(values, at, side, side, channels, Rounding.DEMO);
      System.arraycopy(one, 0, demo, at, length);
    }
    compare.levels("recon_u8_demo", demo, 1);
  }

  private static void losses(
      TorchEngine engine,
      ObjectNode json,
      SafetensorsFile model,
      ReferenceCase reference,
      Comparison compare)
      throws IOException {
    Map<String, Double> ratios = new TreeMap<>();
    collect(LOSS, reference, "io", ratios);
    collect(GRADIENT, reference, "grads", ratios);
    for (Map.Entry<String, Double> run : ratios.entrySet()) {
      json.put("entropy_loss_ratio", run.getValue());
      try (Scope scope = engine.openScope("verify");
          VqNetwork network = VqNetwork.compile(engine, VqConfig.fromJson(json))) {
        VqWeights weights = VqWeights.load(scope, network, model);
        VqNetwork.Losses losses = network.losses(weights, images(scope, reference));
        compareLosses(run.getKey(), losses, reference, compare);
      }
    }
  }

  private static void collect(
      Pattern pattern, ReferenceCase reference, String file, Map<String, Double> ratios) {
    for (String key : reference.keys(file)) {
      Matcher run = pattern.matcher(key);
      if (run.matches()) {
        ratios.put(run.group(1), KeyNumber.parse(run.group(2)));
      }
    }
  }

  private static void compareLosses(
      String run, VqNetwork.Losses losses, ReferenceCase reference, Comparison compare)
      throws IOException {
    compare.forwardInFp32(run + "_rec_mse", new float[] {losses.recMse()});
    compare.forwardInFp32(run + "_vq_loss", new float[] {losses.vq()});
    compare.forwardInFp32(run + "_commit_loss", new float[] {losses.commit()});
    compare.forwardInFp32(run + "_entropy_loss", new float[] {losses.entropy()});
    compare.forwardInFp32(run + "_loss", new float[] {losses.total()});
    for (String key : new TreeSet<>(reference.keys("grads"))) {
      if (key.startsWith(run + "/")) {
        float[] gradient = losses.gradients().get(key.substring(run.length() + 1));
        if (gradient != null) {
          compare.gradientInFp32("grads", key, gradient);
        }
      }
    }
  }

  /** Crops to the recorded size. */
  static void crops(ReferenceCase reference, Comparison compare) throws IOException {
    for (String key : new TreeSet<>(reference.keys("io"))) {
      Matcher crop = CROP.matcher(key);
      if (crop.matches() && reference.has("io", crop.group(1) + "_out_u8")) {
        long[] from = reference.shape("io", key);
        long[] to = reference.shape("io", crop.group(1) + "_out_u8");
        byte[] cut =
            CenterCrop.rectangle(
                reference.bytes("io", key),
                (int) from[1],
                (int) from[0],
                (int) from[2],
                (int) to[1],
                (int) to[0]);
        compare.levels(crop.group(1) + "_out_u8", cut, 0);
      }
    }
  }
}
