package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.image.PackedImages;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatParameters;
import io.hybnext.model.network.StartValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
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
  private static final int PROGRESS_EVERY = 20;

  private final EncoderConfig config;
  private final EncoderTrainingConfig settings;
  private final Scope scope;
  private final KernelModule kernels;
  private final FlatParameters parameters;
  private final Array average;
  private final CounterRandom random;
  private int[] order = {};
  private long orderedEpoch = -1;

  EncoderTrainer(
      TorchEngine engine,
      EncoderConfig config,
      List<Integer> head,
      EncoderTrainingConfig settings) {
    this.config = config;
    this.settings = settings;
    EncoderGraph graph = new EncoderGraph(config, head);
    FlatLayout layout = graph.layout();
    kernels = EncoderKernels.compile(engine, config, graph);
    random = new CounterRandom(engine);
    scope = engine.openScope("encoder training");
    Array flat = StartValues.normal(scope, layout, settings.seed()).leaf(scope);
    parameters = new FlatParameters(scope, layout, flat);
    average = scope.floats(flat.toFloats(), layout.length());
  }

  /**
   * Trains to the last step, whitens the feature on the images and writes the encoder.
   *
   * @param <P> what is said about a step
   * @param step does the step of that number, from 0
   * @param listener hears of every 20th step and the last
   */
  <P> void run(List<byte[]> images, IntFunction<P> step, Consumer<P> listener, Path folder)
      throws IOException {
    for (int number = 0; number < settings.steps(); number++) {
      P progress = step.apply(number);
      if (number % PROGRESS_EVERY == 0 || number == settings.steps() - 1) {
        listener.accept(progress);
      }
    }
    Whitening.fold(this, images);
    ConvEncoder.save(folder, config, average);
  }

  KernelModule kernels() {
    return kernels;
  }

  Scope scope() {
    return scope;
  }

  /** The weights, a leaf. */
  Array flat() {
    return parameters.values();
  }

  /** The running average of the weights, which is what is kept. */
  Array average() {
    return average;
  }

  FlatLayout layout() {
    return parameters.layout();
  }

  /** Side of the images, pixels. */
  int side() {
    return config.imageSize();
  }

  /** What decides how an image of a step is altered. */
  long alterationKey(int step, int index) {
    return CounterRandom.key(settings.seed(), STREAM_ALTERATION, step, index);
  }

  /** Numbers of the images of a step; each image once an epoch. */
  int[] batch(int step, int images) {
    int batch = settings.batchSize();
    return IntStream.range(0, batch).map(i -> ordered((long) step * batch + i, images)).toArray();
  }

  private int ordered(long position, int images) {
    long epoch = position / images;
    if (epoch != orderedEpoch) {
      order = shuffled(epoch, images);
      orderedEpoch = epoch;
    }
    return order[(int) (position % images)];
  }

  private int[] shuffled(long epoch, int images) {
    long key = CounterRandom.key(settings.seed(), STREAM_ORDER, epoch, 0);
    return IntStream.range(0, images)
        .boxed()
        .sorted(
            (a, b) -> Long.compareUnsigned(CounterRandom.word(key, a), CounterRandom.word(key, b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The chosen images as an array (B, S, S) of bytes. */
  Array pixels(Scope work, List<byte[]> images, int[] chosen) {
    List<byte[]> batch = Arrays.stream(chosen).mapToObj(images::get).toList();
    return work.bytes(PackedImages.of(batch, side(), 1), chosen.length, side(), side());
  }

  /** A random view of each image, (B, 1, S, S); {@code number} tells views of one step apart. */
  Array view(Scope work, Array pixels, int step, int number, Jitter jitter) {
    int b = (int) pixels.size(0);
    float[] theta = new float[b * 6];
    float[] tone = new float[b * 3];
    long[] keys = new long[b];
    for (int i = 0; i < b; i++) {
      keys[i] = CounterRandom.key(settings.seed(), STREAM_VIEW + number, step, i);
      jitter.draw(keys[i], theta, i * 6, tone, i * 3);
    }
    Array noise = random.normal(work, keys, side() * side());
    return kernels.call(
        work, "view", pixels, work.floats(theta, b, 2, 3), work.floats(tone, b, 3), noise);
  }

  /** Differentiates the loss, updates the weights and the running average. */
  void update(Scope work, Array loss, int step) {
    Autograd.backward(loss);
    Array flat = parameters.values();
    Array gradient = Autograd.gradient(work, flat).orElseThrow();
    kernels.call(
        work,
        "adamw",
        List.of(flat),
        List.of(gradient),
        List.of(parameters.firstMoment()),
        List.of(parameters.secondMoment()),
        List.of(parameters.count()),
        work.scalar((float) rate(step)));
    Autograd.zero(flat);
    kernels.call(
        work, "average", average, flat, work.scalar(Math.max(AVERAGE_SHARE, 1f / (step + 1))));
  }

  private double rate(int step) {
    double warm = Math.max(1, settings.steps() * 0.05);
    double done = (step + 1.0) / settings.steps();
    return settings.learningRate()
        * Math.min(1, (step + 1) / warm)
        * 0.5
        * (1 + Math.cos(Math.PI * done));
  }

  @Override
  public void close() {
    kernels.close();
    scope.close();
  }
}
