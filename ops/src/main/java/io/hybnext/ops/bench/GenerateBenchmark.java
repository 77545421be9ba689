package io.hybnext.ops.bench;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.sampling.SamplingSettings;
import io.hybnext.model.sampling.TokenSampler;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.transformer.TransformerPresets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Measures cached sampling with guidance of a class-conditional preset with random weights.
 *
 * @param preset name of {@link TransformerPresets}
 * @param device cpu or cuda:N
 * @param threads intra-op threads
 * @param precision fp32 or bf16
 * @param batch images; guidance doubles the rows that the network sees
 * @param guidance classifier-free guidance
 * @param topK codes kept
 * @param runs timed runs, after one that is not
 */
public record GenerateBenchmark(
    String preset,
    String device,
    int threads,
    String precision,
    int batch,
    double guidance,
    int topK,
    int runs) {

  /** Checks every value. */
  public GenerateBenchmark {
    if (TransformerPresets.named(preset).modelType() != ModelType.C2I) {
      throw new IllegalArgumentException("--preset " + preset + ": want a class-conditional one");
    }
    OptionRange.check("batch", batch, 1, 4096);
    OptionRange.check("runs", runs, 1, 10_000);
    OptionRange.check("threads", threads, 1, 256);
  }

  /** Runs it; the fields of the result, in order. */
  public Map<String, Object> run() {
    TorchEngine engine = TorchEngine.start(ComputeDevice.parse(device), threads);
    TransformerConfig network = TransformerPresets.named(preset);
    Precision working = Precision.parse(precision);
    try (ModelWeights weights = new ModelWeights(engine, TransformerLayout.of(network), working);
        TokenSampler sampler = new TokenSampler(engine, network, working)) {
      randomise(weights);
      Condition condition =
          new Condition.Classes(
              IntStream.range(0, batch).map(i -> i % network.numClasses()).boxed().toList());
      SamplingSettings settings = new SamplingSettings(guidance, -1, 1, topK, 1, false);
      long[] samples = LongStream.range(0, batch).toArray();
      double[] seconds = new double[runs];
      for (int run = -1; run < runs; run++) {
        long beganNs = System.nanoTime();
        sampler.generate(weights, condition, settings, run, samples, (done, total) -> {});
        if (run >= 0) {
          seconds[run] = (System.nanoTime() - beganNs) / 1e9;
        }
      }
      return result(network, seconds);
    }
  }

  /** Uniform with LlamaGen's deviation; norms one. Only the time matters. */
  private static void randomise(ModelWeights weights) {
    for (Parameter p : weights.parameters()) {
      float[] values = new float[p.length()];
      long key = CounterRandom.key(3, 0, 0, p.name().hashCode());
      boolean norm = p.name().endsWith("norm.weight");
      for (int i = 0; i < values.length; i++) {
        values[i] = norm ? 1 : 0.07f * (CounterRandom.uniform(key, i) - 0.5f);
      }
      weights.set(p.name(), values);
    }
  }

  private Map<String, Object> result(TransformerConfig network, double[] seconds) {
    Arrays.sort(seconds);
    double median = seconds[runs / 2];
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("preset", preset);
    result.put("device", device);
    result.put("threads", threads);
    result.put("precision", precision);
    result.put("batch", batch);
    result.put("cfg_scale", guidance);
    result.put("top_k", topK);
    result.put("runs", runs);
    result.put("tokens_per_s", batch * network.blockSize() / median);
    result.put("ms_per_position", 1000 * median / network.blockSize());
    result.put("seconds", List.of(seconds[0], median, seconds[runs - 1]));
    return result;
  }
}
