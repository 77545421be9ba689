package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.FrozenWeights;
import io.hybnext.model.decoder.InitialValue;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.decoder.RandomStreams;
import io.hybnext.model.lora.Lora;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Initial weights as the network's configuration wants them. Every parameter draws from a stream of
 * its own, so the network's weights are the same with and without projector.
 */
final class InitialWeights {
  private final TorchEngine engine;
  private final CounterRandom random;
  private final DecoderConfig config;
  private final long seed;

  InitialWeights(TorchEngine engine, DecoderConfig config, long seed) {
    this.engine = engine;
    this.random = new CounterRandom(engine);
    this.config = config;
    this.seed = seed;
  }

  void fill(ModelWeights weights) {
    ParameterLayout layout = weights.layout();
    each(
        layout,
        bucket -> true,
        (parameter, draw) -> draw.accept(weights.parameter(parameter.name())));
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      weights.changed(bucket);
    }
    follow(weights);
  }

  /** Only what is stored with the weights and never trained. */
  void fillFrozen(ModelWeights weights) {
    each(
        weights.layout(),
        bucket -> false,
        (parameter, draw) -> draw.accept(weights.parameter(parameter.name())));
    follow(weights);
  }

  /** Makes arrays of what is never trained follow. */
  private static void follow(ModelWeights weights) {
    for (Parameter parameter : weights.layout().frozen()) {
      weights.set(parameter.name(), weights.values(parameter.name()));
    }
  }

  /** Draws what masters would hold, one parameter at a time. */
  void fill(FrozenWeights base) {
    int longest =
        base.parameters().stream().mapToInt(Parameter::length).max().orElse(0) * Float.BYTES;
    ByteBuffer scratch = ByteBuffer.allocateDirect(longest).order(ByteOrder.nativeOrder());
    each(
        base.layout(),
        base::holds,
        (parameter, draw) -> {
          ByteBuffer drawn =
              scratch.slice(0, parameter.length() * Float.BYTES).order(ByteOrder.nativeOrder());
          draw.accept(drawn);
          base.write(parameter.name(), 0, drawn);
        });
  }

  /** Numbers count every parameter, drawn or not, so that each keeps its own stream. */
  private void each(
      ParameterLayout layout,
      IntPredicate wanted,
      BiConsumer<Parameter, Consumer<ByteBuffer>> draws) {
    int number = 0;
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      boolean projector = layout.buckets().get(bucket).name().equals(ParameterLayout.PROJECTOR);
      long stream = projector ? RandomStreams.INITIAL_PROJECTOR : RandomStreams.INITIAL_WEIGHTS;
      for (Parameter parameter : layout.buckets().get(bucket).parameters()) {
        int own = number++;
        if (wanted.test(bucket)) {
          draws.accept(parameter, target -> fill(target, parameter, stream, own));
        }
      }
    }
    for (Parameter parameter : layout.frozen()) {
      int own = number++;
      draws.accept(
          parameter, target -> fill(target, parameter, RandomStreams.INITIAL_WEIGHTS, own));
    }
  }

  private void fill(ByteBuffer target, Parameter parameter, long stream, int number) {
    InitialValue value = Lora.initial(parameter).orElseGet(() -> config.initial(parameter));
    if (value.deviation() == 0) {
      constant(target, value.mean());
    } else {
      normal(target, value, stream, number);
    }
  }

  private static void constant(ByteBuffer target, float value) {
    FloatBuffer floats = target.asFloatBuffer();
    while (floats.hasRemaining()) {
      floats.put(value);
    }
  }

  private void normal(ByteBuffer target, InitialValue value, long stream, int number) {
    int count = target.remaining() / Float.BYTES;
    long key = CounterRandom.key(seed, stream, 0, number);
    try (Scope scope = engine.openScope("initial weights")) {
      Array drawn = random.normal(scope, new long[] {key}, count);
      CoreKernels.of(engine).readFloats(drawn, target);
    }
    FloatBuffer floats = target.asFloatBuffer();
    for (int i = 0; i < count; i++) {
      floats.put(i, (float) (value.mean() + floats.get(i) * value.deviation()));
    }
  }
}
