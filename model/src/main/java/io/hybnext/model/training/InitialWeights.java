package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.InitialValue;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.decoder.RandomStreams;
import io.hybnext.model.lora.Lora;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

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
    int number = 0;
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      boolean projector = layout.buckets().get(bucket).name().equals(ParameterLayout.PROJECTOR);
      long stream = projector ? RandomStreams.INITIAL_PROJECTOR : RandomStreams.INITIAL_WEIGHTS;
      for (Parameter parameter : layout.buckets().get(bucket).parameters()) {
        fill(weights.parameter(parameter.name()), parameter, stream, number++);
      }
      weights.changed(bucket);
    }
    for (Parameter parameter : layout.frozen()) {
      float[] drawn = new float[parameter.length()];
      ByteBuffer target = weights.parameter(parameter.name());
      fill(target, parameter, RandomStreams.INITIAL_WEIGHTS, number++);
      target.asFloatBuffer().get(drawn);
      weights.set(parameter.name(), drawn);
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
