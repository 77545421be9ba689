package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatWeights;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A frozen encoder of grey images: S x S unsigned bytes in, one feature out. Used by one thread at
 * a time.
 *
 * <p>On disk it is a folder with {@code config.json} and {@code model.safetensors}.
 */
public final class VisionEncoder implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";

  private final EncoderConfig config;
  private final Scope scope;
  private final KernelModule kernels;
  private final Array flat;
  private final String fingerprint;

  private VisionEncoder(
      EncoderConfig config, Scope scope, KernelModule kernels, Array flat, String fingerprint) {
    this.config = config;
    this.scope = scope;
    this.kernels = kernels;
    this.flat = flat;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads an encoder. The caller closes it.
   *
   * @throws IOException with a sentence for people when a file is missing, damaged or of another
   *     network
   */
  public static VisionEncoder load(TorchEngine engine, Path folder) throws IOException {
    EncoderConfig config = EncoderConfig.read(folder.resolve(CONFIG));
    EncoderGraph graph = new EncoderGraph(config, List.of());
    Scope scope = engine.openScope("encoder " + folder.getFileName());
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      Array flat = FlatWeights.load(scope, graph.layout(), file, Set.of());
      KernelModule kernels = EncoderKernels.compile(engine, config, graph);
      return new VisionEncoder(config, scope, kernels, flat, fingerprint(folder));
    } catch (IOException | RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Writes a trained encoder: the feature part of {@code flat}, which may have a head behind it.
   */
  static void save(Path folder, EncoderConfig config, Array flat) throws IOException {
    Files.createDirectories(folder);
    FlatLayout layout = new EncoderGraph(config, List.of()).layout();
    SafetensorsWriter writer = new SafetensorsWriter();
    FlatWeights.save(flat, layout, writer);
    writer.write(folder.resolve(WEIGHTS));
    config.write(folder.resolve(CONFIG));
  }

  private static String fingerprint(Path folder) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(folder.resolve(CONFIG)));
      digest.update(Files.readAllBytes(folder.resolve(WEIGHTS)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The configuration. */
  public EncoderConfig config() {
    return config;
  }

  /** SHA-256 of configuration and weights. */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Features of images.
   *
   * @param images each S * S unsigned bytes, row by row
   * @return one feature an image, in the order given
   */
  public List<float[]> encode(List<byte[]> images) {
    int side = config.imageSize();
    byte[] bytes = new byte[images.size() * side * side];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i), 0, bytes, i * side * side, side * side);
    }
    try (Scope work = scope.open("encode")) {
      Array pixels = work.bytes(bytes, images.size(), side, side);
      Array scaled = kernels.call(work, "scaled", pixels);
      float[] all = kernels.call(work, "features", scaled, flat).toFloats();
      List<float[]> features = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        features.add(
            java.util.Arrays.copyOfRange(
                all, i * config.featureDim(), (i + 1) * config.featureDim()));
      }
      return features;
    }
  }

  @Override
  public void close() {
    kernels.close();
    scope.close();
  }
}
