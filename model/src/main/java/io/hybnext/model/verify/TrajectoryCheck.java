package io.hybnext.model.verify;

import io.hybnext.model.training.TrainingBatch;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongFunction;

/** Some steps of AdamW on one batch, with and without clipping, against a case's records. */
final class TrajectoryCheck {
  private final ReferenceCase reference;
  private final Comparison compare;

  /**
   * For one recorded trajectory.
   *
   * @param losses key of the losses before each step and after the last one
   * @param norms key of the gradient norms before clipping
   * @param after file of the parameters after the last step
   * @param prefix of their keys in it; empty for none
   * @param clip largest norm that is not clipped; infinite for none
   */
  record Trajectory(String losses, String norms, String after, String prefix, double clip) {

    /** Of a file that holds nothing else. */
    Trajectory(String losses, String norms, String after, double clip) {
      this(losses, norms, after, "", clip);
    }
  }

  TrajectoryCheck(ReferenceCase reference, Comparison compare) {
    this.reference = reference;
    this.compare = compare;
  }

  /** Whether the case holds any part of it. */
  boolean present(Trajectory trajectory) {
    return reference.has("io", trajectory.losses())
        || reference.has("io", trajectory.norms())
        || !reference.keys(trajectory.after()).isEmpty();
  }

  /**
   * Runs it.
   *
   * @param run with the weights that the trajectory starts from; changed
   * @param batch the batch for a step
   */
  void check(Trajectory trajectory, TrainingRun run, LongFunction<TrainingBatch> batch)
      throws IOException {
    int steps = steps(trajectory);
    float[] losses = new float[steps + 1];
    float[] norms = new float[steps];
    for (int step = 0; step < steps; step++) {
      TrainingRun.Pass pass = run.pass(batch.apply(step));
      losses[step] = (float) run.total(pass.loss());
      norms[step] = (float) pass.norm();
      run.step(pass, TrainingRun.clipScale(pass.norm(), trajectory.clip()), step);
    }
    TrainingRun.Pass end = run.pass(batch.apply(steps));
    losses[steps] = (float) run.total(end.loss());
    compare.forward(trajectory.losses(), losses);
    compare.forward(trajectory.norms(), norms);
    for (String key : reference.keys(trajectory.after())) {
      if (!key.startsWith(trajectory.prefix())) {
        continue;
      }
      Optional<float[]> weight = run.weight(key.substring(trajectory.prefix().length()));
      if (weight.isPresent()) {
        compare.updated(trajectory.after(), key, weight.get(), run.learningRate(), steps);
      }
    }
  }

  private int steps(Trajectory trajectory) throws IOException {
    if (reference.has("io", trajectory.losses())) {
      return (int) reference.shape("io", trajectory.losses())[0] - 1;
    }
    if (reference.has("io", trajectory.norms())) {
      return (int) reference.shape("io", trajectory.norms())[0];
    }
    return Integer.parseInt(trajectory.after().replaceAll("\\D*(\\d+).*", "$1"));
  }
}
