package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Framing;
import io.hybnext.image.Image;
import io.hybnext.model.image.PackedImages;
import io.hybnext.model.network.FlatWeights;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small convolutional encoder of grey images, trained here. Used by one thread at a time.
 *
 * <p>On disk it is a {@link NetworkFolder}.
 */
public final class ConvEncoder implements VisionEncoder {
  private final EncoderConfig config;
  private final Scope scope;
  private final KernelModule kernels;
  private final Array flat;
  private final String fingerprint;

  private ConvEncoder(
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
  public static ConvEncoder load(TorchEngine engine, Path folder) throws IOException {
    NetworkFolder files = new NetworkFolder(folder);
    EncoderConfig config = EncoderConfig.read(files.config());
    EncoderGraph graph = new EncoderGraph(config, List.of());
    Scope scope = engine.openScope("encoder " + folder.getFileName());
    try (SafetensorsFile weights = files.openWeights()) {
      Array flat = FlatWeights.load(scope, graph.layout(), weights, Map.of(), Set.of());
      KernelModule kernels = EncoderKernels.compile(engine, config, graph);
      String fingerprint = files.fingerprint(config.toJson());
      return new ConvEncoder(config, scope, kernels, flat, fingerprint);
    } catch (IOException | RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Writes a trained encoder: the feature part of {@code flat}, which may have a head behind it.
   */
  static void save(Path folder, EncoderConfig config, Array flat) throws IOException {
    SafetensorsWriter weights = new SafetensorsWriter();
    FlatWeights.save(flat, new EncoderGraph(config, List.of()).layout(), weights::floats);
    new NetworkFolder(folder).write(config.toJson(), weights);
  }

  /** The configuration. */
  public EncoderConfig config() {
    return config;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int featureDim() {
    return config.featureDim();
  }

  @Override
  public Framing framing() {
    return Framing.centreSquare(config.imageSize());
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public List<float[]> encode(List<Image> framed) {
    List<byte[]> images = framed.stream().map(Image::pixels).toList();
    int side = config.imageSize();
    int length = config.featureDim();
    try (Scope work = scope.open("encode")) {
      Array pixels = work.bytes(PackedImages.of(images, side, 1), images.size(), side, side);
      Array scaled = kernels.call(work, "scaled", pixels);
      float[] all = kernels.call(work, "features", scaled, flat).toFloats();
      List<float[]> features = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        features.add(Arrays.copyOfRange(all, i * length, (i + 1) * length));
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
