package io.hybnext.ops.plan;

import io.hybnext.gpu.Precision;
import io.hybnext.model.lora.LoraConfig;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.training.Tuning;
import java.util.Optional;

/**
 * What is asked for: a training on so many trainers, and what is compared with it.
 *
 * @param name of the preset, for people
 * @param config of the training
 * @param shape of a microshard
 * @param settings around the maths
 * @param computed precision inside kernels
 * @param adapters that variants with LoRA train
 */
public record PlanRequest(
    String name,
    TrainingConfig config,
    PassShape shape,
    PlanSettings settings,
    Precision computed,
    LoraConfig adapters) {
  private static final int MOST_SAMPLES = 1 << 16;

  /** The plan of what is asked for. */
  public MemoryPlan plan() {
    return plan(config, shape);
  }

  private MemoryPlan plan(TrainingConfig of, PassShape with) {
    return new MemoryPlan(of, with, settings, computed);
  }

  /** The same training with adapters or without, recomputing or not. */
  public MemoryPlan variant(boolean lora, boolean recompute) {
    return plan(config(lora, recompute), shape);
  }

  private TrainingConfig config(boolean lora, boolean recompute) {
    Tuning tuning =
        new Tuning(
            config.tuning().frozen(),
            lora ? config.tuning().lora().or(() -> Optional.of(adapters)) : Optional.empty());
    return config.withTuning(tuning).withRecompute(recompute);
  }

  /**
   * The most samples a microshard for which a plan needs no more than so many bytes; 0 for none.
   */
  public int largestBatch(MemoryPlan of, long bytes) {
    int fits = 0;
    int tooMany = MOST_SAMPLES;
    while (tooMany - fits > 1) {
      int samples = (fits + tooMany) / 2;
      if (plan(of.config(), shape.withBatch(samples)).needed() <= bytes) {
        fits = samples;
      } else {
        tooMany = samples;
      }
    }
    return fits;
  }
}
