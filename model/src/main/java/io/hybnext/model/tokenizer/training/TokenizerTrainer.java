package io.hybnext.model.tokenizer.training;

import io.hybnext.model.tokenizer.VisualTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Trains one tokenizer. Used by one thread. */
public interface TokenizerTrainer extends AutoCloseable {
  /** Name of the checkpoint in a run's folder. */
  String CHECKPOINT_FILE = "checkpoint.safetensors";

  /** Hears of a run. Called on the training thread. */
  interface Listener {
    /** A step of preparation, before the tokenizer's own. */
    void onPreparation(long step, int steps, float squaredError);

    /** A step was made. */
    void onStep(TokenizerStep report);

    /** The weights that would be shipped were measured on the validation images. */
    void onEvaluation(long step, ReconstructionCheck check);
  }

  /** Steps made so far. */
  long step();

  /**
   * Trains to the last step, or until asked to stop; then, and every so many steps, writes the
   * checkpoint and the tokenizer itself into the folder.
   *
   * @param folder exists
   * @param stop asked after every step
   * @throws IOException when the folder cannot be written; a checkpoint already there stays whole
   */
  void run(Path folder, Listener listener, BooleanSupplier stop) throws IOException;

  /**
   * Goes on where a checkpoint was written. Steps and decay may differ from those it was written
   * with, sizes may not.
   *
   * @throws IOException when the file is damaged or of other sizes
   */
  void resume(Path checkpoint) throws IOException;

  /** What would be shipped now; valid until the trainer is closed. */
  VisualTokenizer tokenizer();

  @Override
  void close();
}
