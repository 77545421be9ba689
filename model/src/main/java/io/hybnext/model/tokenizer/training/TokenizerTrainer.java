package io.hybnext.model.tokenizer.training;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Trains one tokenizer: the loop over steps, evaluations and checkpoints. Used by one thread. */
public abstract class TokenizerTrainer implements AutoCloseable {
  /** Name of the checkpoint in a run's folder. */
  public static final String CHECKPOINT_FILE = "checkpoint.safetensors";

  private final TokenizerSchedule schedule;
  private final List<byte[]> validationSquares;
  private long step;

  /** Hears of a run. Called on the training thread. */
  public interface Listener {
    /** A step of preparation, before the tokenizer's own. */
    void onPreparation(long step, int steps, float squaredError);

    /** A step was made. */
    void onStep(TokenizerStep report);

    /** The weights that would be shipped were measured on the validation images. */
    void onEvaluation(long step, ReconstructionCheck check);
  }

  /**
   * For a run that starts at step 0.
   *
   * @param validationSquares images that evaluations are made on, of the tokenizer's own size
   */
  TokenizerTrainer(TokenizerSchedule schedule, List<byte[]> validationSquares) {
    this.schedule = schedule;
    this.validationSquares = validationSquares;
  }

  /** Steps made so far. */
  public final long step() {
    return step;
  }

  /**
   * Trains to the last step, or until asked to stop; then, and every so many steps, writes the
   * checkpoint and the tokenizer itself into the folder.
   *
   * @param folder exists
   * @param stop asked after every step
   * @throws IOException when the folder cannot be written; a checkpoint already there stays whole
   */
  public final void run(Path folder, Listener listener, BooleanSupplier stop) throws IOException {
    if (!prepare(listener, stop)) {
      return;
    }
    while (step < schedule.steps() && !stop.getAsBoolean()) {
      TokenizerStep report = trainStep(step);
      step++;
      listener.onStep(report);
      if (step % schedule.evaluateEvery() == 0 || step == schedule.steps()) {
        listener.onEvaluation(step, evaluate());
      }
      if (step % schedule.checkpointEvery() == 0) {
        save(folder);
      }
    }
    save(folder);
  }

  /** Measures what would be shipped now on the validation images. */
  public final ReconstructionCheck evaluate() {
    try (VisualTokenizer tokenizer = tokenizer()) {
      return ReconstructionCheck.of(tokenizer, validationSquares);
    }
  }

  /**
   * Goes on where a checkpoint was written. Steps and decay may differ from those it was written
   * with, sizes may not.
   *
   * @throws IOException when the file is damaged or of other sizes
   */
  public final void resume(Path checkpoint) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
      load(file);
      step = Long.parseLong(file.metadata().getOrDefault("step", "0"));
    }
  }

  /** Writes checkpoint and tokenizer into a folder, each file whole or as before. */
  public final void save(Path folder) throws IOException {
    SafetensorsWriter checkpoint =
        new SafetensorsWriter()
            .metadata("step", Long.toString(step))
            .metadata("model", modelJson().toString())
            .metadata("training", schedule.toJson().toString());
    saveState(checkpoint);
    checkpoint.write(folder.resolve(CHECKPOINT_FILE));
    SafetensorsWriter shipped =
        new SafetensorsWriter().metadata("training_steps", Long.toString(step));
    saveTokenizer(shipped);
    byte[] config = modelJson().toPrettyString().getBytes(StandardCharsets.UTF_8);
    new NetworkFolder(folder).write(config, shipped);
  }

  /** What would be shipped now; valid until the trainer is closed. */
  public abstract VisualTokenizer tokenizer();

  /** Does what comes before the first step, once; whether steps may follow. */
  abstract boolean prepare(Listener listener, BooleanSupplier stop);

  /** Makes one step; {@code step} of them were made before. */
  abstract TokenizerStep trainStep(long step);

  /** Sizes of the network, as they are shipped. */
  abstract JsonNode modelJson();

  /** Adds everything that a later run needs to go on. */
  abstract void saveState(SafetensorsWriter checkpoint);

  /** Adds the weights that are shipped. */
  abstract void saveTokenizer(SafetensorsWriter shipped);

  /** Takes over what {@link #saveState} wrote. */
  abstract void load(SafetensorsFile checkpoint) throws IOException;

  @Override
  public abstract void close();
}
