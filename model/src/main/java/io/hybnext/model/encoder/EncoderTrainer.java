package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatWeights;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What both ways of training an encoder share: weights with AdamW and a running average, a
 * learning-rate schedule (5 % warm-up, then half a cosine to zero), the order of the images and
 * their views. Everything random follows from the seed.
 */
final class EncoderTrainer implements AutoCloseable {
  private static final long STREAM_ORDER = 0xE1;
  private static final long STREAM_ALTERATION = 0xE8;
  private static final long STREAM_VIEW = 0xE2;
  private static final float AVERAGE_SHARE = 0.005f;

  private final long seed;
  private final int steps;
  private final double peakRate;
  private final int side;
  private final Scope scope;
  private final KernelModule kernels;
  private final FlatLayout layout;
  private final Array flat;
  private final Array firstMoment;
  private final Array secondMoment;
  private final Array count;
  private final Array average;
  private final CounterRandom random;

  EncoderTrainer(TorchEngine engine, EncoderConfig config, List<Integer> head, Recipe recipe) {
    seed = recipe.seed();
    steps = recipe.steps();
    peakRate = recipe.learningRate();
    side = config.imageSize();
    EncoderGraph graph = new EncoderGraph(config, head);
    layout = graph.layout();
    kernels = EncoderKernels.compile(engine, config, graph);
    random = new CounterRandom(engine);
    scope = engine.openScope("encoder training");
    flat = FlatWeights.initial(scope, layout, seed).leaf(scope);
    firstMoment = scope.zeros(ElementType.FLOAT32, layout.length());
    secondMoment = scope.zeros(ElementType.FLOAT32, layout.length());
    count = scope.zeros(ElementType.FLOAT32);
    average = scope.floats(flat.toFloats(), layout.length());
  }

  /**
   * Length, pace and randomness of a training.
   *
   * @param seed of everything random
   * @param steps updates
   * @param batch images a step
   * @param learningRate the largest one
   */
  record Recipe(long seed, int steps, int batch, double learningRate) {}

  KernelModule kernels() {
    return kernels;
  }

  Scope scope() {
    return scope;
  }

  Array flat() {
    return flat;
  }

  /** The running average of the weights, which is what is kept. */
  Array average() {
    return average;
  }

  FlatLayout layout() {
    return layout;
  }

  /** Side of the images, pixels. */
  int side() {
    return side;
  }

  /** What decides how an image of a step is altered. */
  long alterationKey(int step, int index) {
    return CounterRandom.key(seed, STREAM_ALTERATION, step, index);
  }

  /** Numbers of the images of a step; each image once an epoch. */
  int[] batch(int step, int batch, int images) {
    return IntStream.range(0, batch).map(i -> ordered((long) step * batch + i, images)).toArray();
  }

  private int[] order = new int[0];
  private long orderedEpoch = -1;

  private int ordered(long position, int images) {
    long epoch = position / images;
    if (epoch != orderedEpoch) {
      order = shuffled(epoch, images);
      orderedEpoch = epoch;
    }
    return order[(int) (position % images)];
  }

  private int[] shuffled(long epoch, int images) {
    long key = CounterRandom.key(seed, STREAM_ORDER, epoch, 0);
    return IntStream.range(0, images)
        .boxed()
        .sorted(
            (a, b) -> Long.compareUnsigned(CounterRandom.word(key, a), CounterRandom.word(key, b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The chosen images as an array (B, S, S) of bytes. */
  Array pixels(Scope work, List<byte[]> images, int[] chosen) {
    byte[] bytes = new byte[chosen.length * side * side];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(images.get(chosen[i]), 0, bytes, i * side * side, side * side);
    }
    return work.bytes(bytes, chosen.length, side, side);
  }

  /** A random view of each image, (B, 1, S, S); {@code number} tells views of one step apart. */
  Array view(Scope work, Array pixels, int step, int number, Jitter jitter) {
    int b = (int) pixels.size(0);
    float[] theta = new float[b * 6];
    float[] tone = new float[b * 3];
    long[] keys = new long[b];
    for (int i = 0; i < b; i++) {
      keys[i] = CounterRandom.key(seed, STREAM_VIEW + number, step, i);
      jitter.draw(keys[i], theta, i * 6, tone, i * 3);
    }
    Array noise = random.normal(work, keys, side * side);
    return kernels.call(
        work, "view", pixels, work.floats(theta, b, 2, 3), work.floats(tone, b, 3), noise);
  }

  /** Differentiates the loss, updates the weights and the running average. */
  void update(Scope work, Array loss, int step) {
    Autograd.backward(loss);
    Array gradient = Autograd.gradient(work, flat).orElseThrow();
    kernels.call(
        work,
        "adamw",
        List.of(flat),
        List.of(gradient),
        List.of(firstMoment),
        List.of(secondMoment),
        List.of(count),
        work.scalar((float) rate(step)));
    Autograd.zero(flat);
    kernels.call(
        work, "average", average, flat, work.scalar(Math.max(AVERAGE_SHARE, 1f / (step + 1))));
  }

  private double rate(int step) {
    double warm = Math.max(1, steps * 0.05);
    double done = (step + 1.0) / steps;
    return peakRate * Math.min(1, (step + 1) / warm) * 0.5 * (1 + Math.cos(Math.PI * done));
  }

  @Override
  public void close() {
    kernels.close();
    scope.close();
  }
}
