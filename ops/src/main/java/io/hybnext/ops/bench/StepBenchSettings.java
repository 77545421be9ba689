package io.hybnext.ops.bench;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerPresets;
import java.util.List;

/**
 * What {@code bench step} measures.
 *
 * @param preset name of {@link TransformerPresets}
 * @param trainers processes
 * @param threads intra-op threads of each
 * @param precision fp32 or bf16
 * @param device cpu or cuda:N; trainer k takes GPU N + k
 * @param batch sequences a trainer and step
 * @param steps measured steps
 * @param lambda weight of the alignment
 * @param recompute whether activations are computed again in the backward pass
 */
public record StepBenchSettings(
    String preset,
    int trainers,
    int threads,
    String precision,
    String device,
    int batch,
    int steps,
    double lambda,
    boolean recompute) {
  /** Width of the random target features, that of BioMedCLIP. */
  static final int FEATURE_DIM = 512;

  /** Steps before the measured ones. */
  static final int WARM_UP = 3;

  private static final long SEED = 1;

  /** Checks every value. */
  public StepBenchSettings {
    TransformerPresets.named(preset);
    Precision.parse(precision);
    ComputeDevice.parse(device);
    OptionRange.check("trainers", trainers, 1, 64);
    OptionRange.check("threads", threads, 1, 256);
    OptionRange.check("batch", batch, 1, 4096);
    OptionRange.check("steps", steps, 1, 1_000_000);
  }

  /** The network. */
  TransformerConfig network() {
    return TransformerPresets.named(preset);
  }

  /** LlamaGen's optimiser at a constant rate; alignment behind block 1. */
  public TrainingConfig training() {
    return new TrainingConfig(
        network(),
        ArraConfig.standard(FEATURE_DIM).withLambda(lambda),
        AdamWConfig.LLAMAGEN,
        LearningRate.constant(1e-4),
        Precision.parse(precision),
        recompute,
        SEED);
  }

  /** As arguments of the trainer process, read back by {@link #parse}. */
  List<String> arguments() {
    return List.of(
        preset,
        Integer.toString(trainers),
        Integer.toString(threads),
        precision,
        device,
        Integer.toString(batch),
        Integer.toString(steps),
        Double.toString(lambda),
        Boolean.toString(recompute));
  }

  /** Reads what {@link #arguments} wrote. */
  public static StepBenchSettings parse(List<String> a) {
    return new StepBenchSettings(
        a.get(0),
        Integer.parseInt(a.get(1)),
        Integer.parseInt(a.get(2)),
        a.get(3),
        a.get(4),
        Integer.parseInt(a.get(5)),
        Integer.parseInt(a.get(6)),
        Double.parseDouble(a.get(7)),
        Boolean.parseBoolean(a.get(8)));
  }
}
