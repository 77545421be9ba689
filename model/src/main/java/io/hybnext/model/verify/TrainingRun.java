package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Place;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.Loss;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * The production training code with a case's weights and batch: losses, gradients and steps of
 * AdamW. Conditions are never dropped.
 */
final class TrainingRun implements AutoCloseable {
  private static final long SEED = 0;

  private final ArraTraining training;
  private final Recipe recipe;

  /**
   * The numbers of an {@code _optimizer} entry of a config, the reference data's where it lacks
   * one.
   */
  record Recipe(double learningRate, AdamWConfig adamW) {

    /** The same with another rate. */
    Recipe at(double otherRate) {
      return new Recipe(otherRate, adamW);
    }

    static Recipe of(JsonNode optimizer) {
      JsonNode betas = optimizer.path("betas");
      return new Recipe(
          optimizer.path("lr").asDouble(1e-3),
          new AdamWConfig(
              betas.path(0).asDouble(0.9),
              betas.path(1).asDouble(0.95),
              optimizer.path("eps").asDouble(1e-8),
              optimizer
                  .path("weight_decay")
                  .asDouble(optimizer.path("weight_decay_dim_ge_2").asDouble(0.05)),
              optimizer.has("weight_decay") || optimizer.path("weight_decay_dim_1").asDouble(0) > 0,
              Double.POSITIVE_INFINITY));
    }
  }

  /** No alignment at all. */
  static final ArraConfig PLAIN = new ArraConfig(0, AlignmentLayer.block(1), Positions.NONE, 1);

  TrainingRun(
      TorchEngine engine,
      Precision precision,
      DecoderConfig network,
      ArraConfig arra,
      Recipe recipe,
      List<SafetensorsFile> files)
      throws IOException {
    this(
        engine,
        precision,
        network,
        arra,
        recipe,
        (Loader) weights -> CaseWeights.load(weights, files));
  }

  /** Fills a network's weights. */
  @FunctionalInterface
  interface Loader {
    void load(ModelWeights weights) throws IOException;
  }

  TrainingRun(
      TorchEngine engine,
      Precision precision,
      DecoderConfig network,
      ArraConfig arra,
      Recipe recipe,
      Loader loader)
      throws IOException {
    this.recipe = recipe;
    this.training =
        new ArraTraining(
            engine,
            new TrainingConfig(
                network,
                arra,
                recipe.adamW(),
                LearningRate.constant(recipe.learningRate()),
                precision,
                false,
                SEED));
    loader.load(training.weights());
  }

  /** A batch whose conditions the training keeps at a step. */
  TrainingBatch batch(long step, List<int[]> tokens, Condition condition, List<float[]> features) {
    double drop = ((TransformerConfig) training.config().network()).classDropoutProb();
    long[] kept =
        LongStream.iterate(0, number -> number + 1)
            .filter(number -> !new Noise(SEED, step, new long[] {number}, true).dropped(drop)[0])
            .limit(tokens.size())
            .toArray();
    return new TrainingBatch(step, kept, tokens, condition, features);
  }

  /** Loss and gradients of one pass. */
  Pass pass(TrainingBatch batch) {
    Map<Integer, ByteBuffer> buckets = new TreeMap<>();
    Loss loss =
        training.forwardBackward(
            batch,
            (bucket, gradient) -> {
              ByteBuffer copy =
                  ByteBuffer.allocateDirect(gradient.remaining()).order(ByteOrder.nativeOrder());
              buckets.put(bucket, copy.put(gradient.duplicate()).flip());
            });
    return new Pass(training.layout(), loss, buckets);
  }

  /** The loss that is minimised: every term by its weight. */
  double total(Loss loss) {
    ArraConfig arra = training.config().arra();
    return loss.nll() + arra.zLossWeight() * loss.zLoss() + arra.lambda() * loss.gva();
  }

  /** One pass's results; gradients by bucket number. */
  record Pass(ParameterLayout layout, Loss loss, Map<Integer, ByteBuffer> buckets) {

    /** The gradient of one parameter, empty when the network has none of this name. */
    Optional<float[]> gradient(String parameter) {
      return layout.find(parameter).map(this::gradient);
    }

    private float[] gradient(Place place) {
      float[] values = new float[place.parameter().length()];
      buckets.get(place.bucket()).asFloatBuffer().get(place.parameter().offset(), values);
      return values;
    }

    /** Global L2 norm over all parameters. */
    double norm() {
      double sum = 0;
      for (ByteBuffer bucket : buckets.values()) {
        FloatBuffer floats = bucket.asFloatBuffer();
        while (floats.hasRemaining()) {
          double value = floats.get();
          sum += value * value;
        }
      }
      return Math.sqrt(sum);
    }
  }

  /** Updates every parameter with a pass's gradients. */
  void step(Pass pass, double scale, long step) {
    pass.buckets()
        .forEach(
            (bucket, gradient) -> {
              int length = training.layout().buckets().get(bucket).length();
              training.update(bucket, 0, length, gradient, (float) scale, step);
              training.weights().changed(bucket);
            });
  }

  /** What torch's clip_grad_norm_ multiplies gradients of this norm by. */
  static double clipScale(double norm, double clip) {
    return Math.min(1, clip / (norm + 1e-6));
  }

  /** Present value of a parameter; empty when the network has none of this name. */
  Optional<float[]> weight(String parameter) {
    return training
        .layout()
        .find(parameter)
        .map(
            place -> {
              float[] values = new float[place.parameter().length()];
              training.weights().parameter(parameter).asFloatBuffer().get(values);
              return values;
            });
  }

  double learningRate() {
    return recipe.learningRate();
  }

  @Override
  public void close() {
    training.close();
  }
}
