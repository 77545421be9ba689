package io.hybnext.actors.run;

/**
 * How far a run goes, with whom, and where it leaves its checkpoints.
 *
 * @param trainers number of trainers that the run waits for
 * @param minTrainers number it goes on with when others do not come
 * @param microshards microshards of a global batch, at least {@code trainers}
 * @param steps number of optimiser steps of the whole run
 * @param checkpointEvery steps between checkpoints; 0 for one at the end only
 * @param keepCheckpoints number of checkpoints kept
 * @param checkpointFolder absolute path, the same on every host of the run
 * @param aeronDirectory folder of the media driver that local members share
 * @param channel Aeron channel of the gradient exchange, e.g. {@code aeron:ipc}
 */
public record RunPlan(
    int trainers,
    int minTrainers,
    int microshards,
    long steps,
    long checkpointEvery,
    int keepCheckpoints,
    String checkpointFolder,
    String aeronDirectory,
    String channel) {

  /** Checks every value; the message names the setting and its rule. */
  public RunPlan {
    check(microshards >= 1, "training.microshards", microshards, "at least 1");
    check(
        trainers >= 1 && trainers <= microshards,
        "training.trainers",
        trainers,
        "1 to training.microshards (" + microshards + ")");
    check(
        minTrainers >= 1 && minTrainers <= trainers,
        "training.min-trainers",
        minTrainers,
        "1 to training.trainers (" + trainers + ")");
    check(steps >= 1, "training.steps", steps, "at least 1");
    check(checkpointEvery >= 0, "checkpoint.every", checkpointEvery, "0 or more steps");
    check(keepCheckpoints >= 1, "checkpoint.keep", keepCheckpoints, "at least 1");
    check(!checkpointFolder.isBlank(), "checkpoint.folder", checkpointFolder, "a folder");
  }

  /** The sentence for a run that cannot go on for lack of trainers. */
  String tooFew(int joined, String trouble) {
    return String.format(
        "%d of %d trainers are there and at least %d are needed%s; see the trainers' logs, and"
            + " start the run again to go on from the newest checkpoint",
        joined, trainers, minTrainers, trouble.isEmpty() ? "" : " (" + trouble + ")");
  }

  static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(key + " = " + value + ": want " + rule);
    }
  }
}
