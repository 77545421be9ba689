package io.hybnext.ops.wiring;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.sampling.SamplingSettings;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.Evaluation;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.training.Tuning;
import io.hybnext.streams.batch.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** The network of a checkpoint, to draw from and to be measured. Used by one thread at a time. */
public final class CheckpointModel implements AutoCloseable {
  private final ArraTraining training;
  private final SampleInputs inputs;
  private final ImageDrawing drawing;

  private CheckpointModel(TorchEngine engine, TrainingConfig config) {
    training = new ArraTraining(engine, config);
    inputs = SampleInputs.of(config.network());
    drawing = ImageDrawing.of(engine, config.network(), config.precision());
  }

  /**
   * Opens the weights of a checkpoint; optimiser state stays on disk.
   *
   * @param config of the run that wrote it
   * @throws IOException with a sentence when the files are damaged or of another model
   */
  public static CheckpointModel open(TorchEngine engine, TrainingConfig config, Path checkpoint)
      throws IOException {
    CheckpointModel model = new CheckpointModel(engine, config.withTuning(Tuning.ALL));
    try {
      if (config.tuning().lora().isPresent()) {
        model.restoreMerged(engine, config, checkpoint);
      } else {
        CheckpointFiles.restoreWeights(model.training.weights(), checkpoint);
      }
      return model;
    } catch (IOException | RuntimeException damaged) {
      model.close();
      throw damaged;
    }
  }

  /** Adapters of the checkpoint, merged into the network that they were trained on. */
  private void restoreMerged(TorchEngine engine, TrainingConfig config, Path checkpoint)
      throws IOException {
    AdapterBase.of(config).orElseThrow().check(checkpoint.resolve(CheckpointFiles.MODEL));
    try (ArraTraining adapted = new ArraTraining(engine, config)) {
      StartWeights.fillBase(adapted);
      CheckpointFiles.restoreWeights(adapted.weights(), checkpoint);
      adapted.eachMerged(tensor -> training.weights().write(tensor.name(), 0, tensor.data()));
    }
  }

  /** The network as it is before the first step. */
  public static CheckpointModel untrained(TorchEngine engine, TrainingConfig config) {
    CheckpointModel model = new CheckpointModel(engine, config.withTuning(Tuning.ALL));
    StartWeights.fill(model.training);
    return model;
  }

  /**
   * Draws pictures as tokens.
   *
   * @param captions one a picture
   * @param seed of the noise
   * @param first number of the first picture: picture {@code first + i} gets the same noise
   *     whatever is drawn with it
   * @return codebook indices in raster order, one row a picture
   */
  public int[][] draw(List<String> captions, SamplingSettings settings, long seed, long first) {
    long[] samples = LongStream.range(first, first + captions.size()).toArray();
    return drawing.draw(training.weights(), captions, settings, seed, samples);
  }

  /**
   * Losses on held-out samples: teacher forced, without dropout.
   *
   * @param batch samples a pass
   */
  public Losses measure(List<Sample> samples, int batch) {
    double nll = 0;
    double gva = 0;
    long tokens = 0;
    for (int from = 0; from < samples.size(); from += batch) {
      List<Sample> part = samples.subList(from, Math.min(samples.size(), from + batch));
      Evaluation one = training.evaluate(trainingBatch(part, from));
      nll += one.nll() * one.tokens();
      gva += one.gva() * one.tokens();
      tokens += one.tokens();
    }
    return new Losses(nll / tokens, gva / tokens);
  }

  /**
   * Mean losses.
   *
   * @param nll nats a token
   * @param gva 1 - cosine; NaN when nothing is aligned
   */
  public record Losses(double nll, double gva) {}

  private TrainingBatch trainingBatch(List<Sample> samples, long first) {
    List<float[]> features = samples.stream().map(Sample::feature).toList();
    long[] numbers = LongStream.range(first, first + samples.size()).toArray();
    return new TrainingBatch(0, numbers, inputs.of(samples), features);
  }

  @Override
  public void close() {
    inputs.close();
    drawing.close();
    training.close();
  }
}
