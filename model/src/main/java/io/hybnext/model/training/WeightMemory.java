package io.hybnext.model.training;

import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.lora.LoraLayout;
import java.util.Optional;

/**
 * Bytes of what a trainer holds of the weights all the time, see {@link TrainedWeights} and {@link
 * GradientExport}.
 *
 * @param parameters of the network and the projector
 * @param trained of them, or of adapters and projector
 * @param masters fp32, host
 * @param working weights in working precision that are trained; 0 where they are the masters
 * @param frozen the network under adapters, in working precision, and what is never trained
 * @param staging host copy of the longest bucket's gradient; 0 where libtorch's own is handed on
 */
public record WeightMemory(
    long parameters, long trained, long masters, long working, long frozen, long staging) {

  /**
   * What a training holds.
   *
   * @param cpu whether arrays are host memory
   */
  public static WeightMemory of(TrainingConfig config, boolean cpu) {
    ParameterLayout layout = ArraTraining.layout(config);
    Optional<LoraLayout> lora = config.tuning().lora().map(l -> new LoraLayout(l, layout));
    ParameterLayout trained = lora.map(LoraLayout::trained).orElse(layout);
    int bytes = config.precision().elementType().sizeBytes();
    boolean shared = cpu && config.precision() == Precision.FP32;
    long extras = 0;
    for (ParameterLayout.Parameter parameter : layout.frozen()) {
      extras += (long) parameter.length() * Float.BYTES;
    }
    long frozen = 0;
    if (lora.isPresent()) {
      for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
        long length = layout.buckets().get(bucket).length();
        frozen += lora.get().freezes(bucket) ? length * bytes : 0;
      }
    }
    boolean copies = !shared || !config.tuning().frozen().isEmpty();
    long longest =
        trained.buckets().stream().mapToLong(ParameterLayout.Bucket::length).max().orElse(0);
    return new WeightMemory(
        layout.length(),
        trained.length(),
        trained.length() * Float.BYTES,
        shared ? 0 : trained.length() * bytes,
        frozen + extras,
        copies ? longest * Float.BYTES : 0);
  }

  /** AdamW's two running means of so many parameters, fp32, host. */
  public static long moments(long owned) {
    return 2 * owned * Float.BYTES;
  }
}
