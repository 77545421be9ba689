package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gives the principal axes of the training images' features about equal spread, by changing the
 * last layer of the averaged weights. Axes that hardly vary are held down, as they are mostly
 * noise.
 */
final class Whitening {
  /** Added to every variance, as a share of their mean. */
  private static final float FLOOR = 0.3f;

  private static final int ENCODE_BATCH = 64;

  private Whitening() {}

  static void fold(EncoderTrainer trainer, List<byte[]> images) {
    try (Scope work = trainer.scope().open("whiten");
        Autograd.Recording off = Autograd.pause()) {
      Array features = features(trainer, work, images);
      List<Array> axes =
          trainer.kernels().callMany(work, "whitening", features, work.scalar(FLOOR));
      CoreKernels core = CoreKernels.of(work.engine());
      Parameter w = trainer.layout().get("feature.weight");
      Parameter b = trainer.layout().get("feature.bias");
      Array weight = core.slice(work, trainer.average(), w.offset(), w.length());
      Array bias = core.slice(work, trainer.average(), b.offset(), b.length());
      Array matrix = trainer.kernels().call(work, "as_matrix", weight, bias);
      List<Array> folded =
          trainer.kernels().callMany(work, "fold", matrix, bias, axes.get(0), axes.get(1));
      core.copy(weight, folded.get(0));
      core.copy(bias, folded.get(1));
    }
  }

  private static Array features(EncoderTrainer trainer, Scope work, List<byte[]> images) {
    List<Array> parts = new ArrayList<>();
    for (int from = 0; from < images.size(); from += ENCODE_BATCH) {
      int[] chosen = IntStream.range(from, Math.min(images.size(), from + ENCODE_BATCH)).toArray();
      try (Scope pass = work.open("pass")) {
        Array scaled = trainer.kernels().call(pass, "scaled", trainer.pixels(pass, images, chosen));
        parts.add(trainer.kernels().call(work, "features", scaled, trainer.average()));
      }
    }
    return trainer.kernels().call(work, "stacked", parts);
  }
}
