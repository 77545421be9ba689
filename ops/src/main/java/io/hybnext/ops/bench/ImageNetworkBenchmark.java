package io.hybnext.ops.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.encoder.TowerEncoder;
import io.hybnext.model.network.StartValues;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqNetwork;
import io.hybnext.model.tokenizer.VqTokenizer;
import io.hybnext.model.tokenizer.VqWeights;
import io.hybnext.ops.home.Machine;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Images a second of a frozen image network at its real size, random weights and random pixels:
 * 8-bit images in, tokens or features in host memory out.
 *
 * @param device cpu or cuda:N
 * @param threads intra-op threads
 * @param precision fp32 or bf16, of weights and activations
 * @param batch images a pass
 * @param batches timed passes, each of other images, after one that is not timed
 */
public record ImageNetworkBenchmark(
    String device, int threads, String precision, int batch, int batches) {
  private static final OperatingSystemMXBean OS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final long SEED = 3;
  private static final int VQ_SIZE = 256;
  private static final int CHANNELS = 3;
  private static final double MIB = 1 << 20;

  /** Checks every value. */
  public ImageNetworkBenchmark {
    Precision.parse(precision);
    OptionRange.check("batch", batch, 1, 1024);
    OptionRange.check("batches", batches, 1, 10_000);
    OptionRange.check("threads", threads, 1, 256);
  }

  /**
   * Measures an encoder.
   *
   * @param name one of {@link TowerEncoder#names}
   * @return the fields of the result, in order
   */
  public Map<String, Object> encode(String name) {
    TorchEngine engine = TorchEngine.start(ComputeDevice.parse(device), threads);
    try (TowerEncoder encoder =
        TowerEncoder.random(engine, name, SEED, Precision.parse(precision), batch)) {
      int size = encoder.framing().size();
      return result("encoder", name, size, time(size, encoder::encode));
    }
  }

  /**
   * Measures encoder and quantiser of LlamaGen's VQ-16; they run in fp32 whatever the precision.
   */
  public Map<String, Object> tokenise() {
    TorchEngine engine = TorchEngine.start(ComputeDevice.parse(device), threads);
    ObjectNode defaults = new ObjectMapper().createObjectNode(); // LlamaGen's, VQ-16
    VqConfig config = VqConfig.fromJson(defaults.put("_image_size", VQ_SIZE));
    try (Scope scope = engine.openScope("bench");
        VqNetwork network = VqNetwork.compile(engine, config)) {
      int codes = config.codebookSize();
      int length = config.codebookEmbedDim();
      long[] key = {CounterRandom.key(SEED, 0, 0, 0)};
      float[] codebook = new CounterRandom(engine).normal(scope, key, codes * length).toFloats();
      VqWeights weights =
          new VqWeights(
              StartValues.normal(scope, network.layout(), SEED),
              scope.floats(codebook, codes, length));
      try (VqTokenizer tokenizer = VqTokenizer.over(scope, network, weights)) {
        Times times =
            time(VQ_SIZE, images -> tokenizer.encode(images.stream().map(Image::pixels).toList()));
        return result("tokenizer", "vq16", VQ_SIZE, times);
      }
    }
  }

  /** Seconds of each timed pass, and of the processor in all of them together. */
  private record Times(double[] seconds, double cpuSeconds) {
    double wallSeconds() {
      return Arrays.stream(seconds).sum();
    }
  }

  private Times time(int size, Consumer<List<Image>> work) {
    double[] seconds = new double[batches];
    long cpuNs = 0;
    for (int pass = -1; pass < batches; pass++) {
      List<Image> images = images(size, pass);
      long cpuBeganNs = OS.getProcessCpuTime();
      long beganNs = System.nanoTime();
      work.accept(images);
      if (pass >= 0) {
        seconds[pass] = (System.nanoTime() - beganNs) / 1e9;
        cpuNs += OS.getProcessCpuTime() - cpuBeganNs;
      }
    }
    Arrays.sort(seconds);
    return new Times(seconds, cpuNs / 1e9);
  }

  private List<Image> images(int size, int pass) {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      byte[] pixels = new byte[size * size * CHANNELS];
      long key = CounterRandom.key(SEED, 1, pass, i);
      for (int k = 0; k < pixels.length; k++) {
        pixels[k] = (byte) (256 * CounterRandom.uniform(key, k));
      }
      images.add(new Image(size, size, CHANNELS, pixels));
    }
    return images;
  }

  private Map<String, Object> result(String kind, String name, int size, Times times) {
    double[] seconds = times.seconds();
    double median = seconds[batches / 2];
    Map<String, Object> result = new LinkedHashMap<>();
    result.put(kind, name);
    result.put("device", device);
    result.put("threads", threads);
    result.put("precision", precision);
    result.put("size", size);
    result.put("batch", batch);
    result.put("batches", batches);
    result.put("images_per_s", batch / median);
    result.put("seconds", List.of(seconds[0], median, seconds[batches - 1]));
    result.put("cpu_s_per_image", times.cpuSeconds() / (batch * batches));
    result.put("cpu_share", times.cpuSeconds() / (times.wallSeconds() * threads));
    result.put("peak_rss_mib", Machine.peakResidentBytes(ProcessHandle.current().pid()) / MIB);
    return result;
  }
}
