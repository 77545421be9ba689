package io.hybnext.model.tower;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.image.Framing;
import io.hybnext.image.Framing.Rule;
import io.hybnext.image.Image;
import io.hybnext.image.Resampling;
import java.util.List;

/**
 * What happens to an image before a tower sees it: {@link Framing} of 8-bit pixels, then each
 * channel scaled to [0, 1], less its mean, over its deviation, then zeros on the right and below
 * where the framing leaves less than a square. Grey images count as three equal channels.
 *
 * @param framing scaling and cut
 * @param mean of red, green, blue
 * @param deviation of red, green, blue
 */
public record Preprocessing(Framing framing, List<Float> mean, List<Float> deviation) {
  private static final int CHANNELS = 3;

  /** OpenAI's CLIP, and every network that took its statistics over. */
  private static final List<Float> CLIP_MEAN = List.of(0.48145466f, 0.4578275f, 0.40821073f);

  private static final List<Float> CLIP_DEVIATION = List.of(0.26862954f, 0.26130258f, 0.27577711f);

  /** ImageNet's statistics. */
  private static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);

  private static final List<Float> IMAGENET_DEVIATION = List.of(0.229f, 0.224f, 0.225f);

  /** Checks that there are three channels and no deviation is zero. */
  public Preprocessing {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != CHANNELS || deviation.size() != CHANNELS) {
      throw new IllegalArgumentException(
          "mean " + mean + " and std " + deviation + ": want three numbers each");
    }
    if (deviation.stream().anyMatch(d -> !(d > 0)) || mean.stream().anyMatch(m -> m.isNaN())) {
      throw new IllegalArgumentException(
          "mean " + mean + " and std " + deviation + ": want numbers, those of std above 0");
    }
  }

  /** transformers' {@code CLIPImageProcessor} at a size. */
  public static Preprocessing clip(int size) {
    Framing framing = new Framing(Rule.SHORTEST_SIDE_FLOOR, size, Resampling.BICUBIC);
    return new Preprocessing(framing, CLIP_MEAN, CLIP_DEVIATION);
  }

  /** open_clip's transform at a size. */
  public static Preprocessing openClip(int size) {
    Framing framing = new Framing(Rule.SHORTEST_SIDE_ROUND, size, Resampling.BICUBIC);
    return new Preprocessing(framing, CLIP_MEAN, CLIP_DEVIATION);
  }

  /** transformers' {@code SamImageProcessor} at a size. */
  public static Preprocessing sam(int size) {
    Framing framing = new Framing(Rule.LONGEST_SIDE, size, Resampling.BILINEAR);
    return new Preprocessing(framing, IMAGENET_MEAN, IMAGENET_DEVIATION);
  }

  /** The same with another filter. */
  public Preprocessing with(Resampling filter) {
    return new Preprocessing(new Framing(framing.rule(), framing.size(), filter), mean, deviation);
  }

  /** The same with other statistics. */
  public Preprocessing with(List<Float> otherMean, List<Float> otherDeviation) {
    return new Preprocessing(framing, otherMean, otherDeviation);
  }

  /**
   * Framed images as a tower takes them.
   *
   * @param images results of {@link Framing#apply}, at least one
   * @param kernels of the tower
   * @return (B, 3, S, S) fp32, owned by {@code owner}
   */
  Array pixels(Scope owner, KernelModule kernels, List<Image> images) {
    try (Scope work = owner.open("pixels")) {
      Array means = work.floats(values(mean), CHANNELS);
      Array deviations = work.floats(values(deviation), CHANNELS);
      List<Array> parts =
          images.stream().map(i -> one(work, kernels, i, means, deviations)).toList();
      return kernels.call(owner, "stack", parts);
    }
  }

  private Array one(Scope work, KernelModule kernels, Image image, Array means, Array deviations) {
    int size = framing.size();
    boolean fits = image.width() <= size && image.height() <= size;
    if (!fits || (framing.rule().square() && image.width() * image.height() != size * size)) {
      throw new IllegalArgumentException(
          image.width() + "x" + image.height() + " image: it is not framed to " + size + " pixels");
    }
    Array bytes = work.bytes(image.pixels(), image.height(), image.width(), image.channels());
    return kernels.call(work, "pixels", bytes, means, deviations);
  }

  private static float[] values(List<Float> list) {
    return new float[] {list.get(0), list.get(1), list.get(2)};
  }
}
