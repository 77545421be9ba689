package io.hybnext.ops.progress;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Something worth telling while work goes on. */
public sealed interface ProgressEvent {

  /** A sentence. */
  record Note(String text) implements ProgressEvent {}

  /**
   * How far a stage without loss terms is.
   *
   * @param name what is being done, e.g. {@code tokenise}
   * @param done units done
   * @param total units in all; 0 when unknown
   * @param perSecond units a second, lately
   * @param unit plural, e.g. {@code images}
   */
  record Stage(String name, long done, long total, double perSecond, String unit)
      implements ProgressEvent {}

  /**
   * A committed training step.
   *
   * @param step steps committed
   * @param steps steps in all
   * @param nll next-token loss, nats a token
   * @param gva 1 - cosine of the alignment
   * @param zLoss before its weight
   * @param gradientNorm before clipping
   * @param learningRate of this step
   * @param tokensPerSecond over all trainers, lately
   * @param remaining estimated time to the last step
   * @param doneMs when the last trainer had its result, milliseconds since 1970; 0 when not known
   * @param trainers every trainer process
   */
  record Step(
      long step,
      long steps,
      double nll,
      double gva,
      double zLoss,
      double gradientNorm,
      double learningRate,
      double tokensPerSecond,
      Duration remaining,
      long doneMs,
      List<Trainer> trainers)
      implements ProgressEvent {

    /** Copies the list. */
    public Step {
      trainers = List.copyOf(trainers);
    }
  }

  /**
   * A trainer process.
   *
   * @param rank its number
   * @param pid its process
   * @param state a word, {@code ok} when all is well
   */
  record Trainer(int rank, long pid, String state) {}

  /**
   * Named values at a point of a stage.
   *
   * @param name what is being done, e.g. {@code step}
   * @param done units done
   * @param total units in all
   * @param values by field name, in the order to show
   */
  record Values(String name, long done, long total, Map<String, Object> values)
      implements ProgressEvent {

    /** Copies the map, keeping its order. */
    public Values {
      values = new LinkedHashMap<>(values);
    }
  }

  /**
   * What the command came to; the last event.
   *
   * @param values by field name, in the order to show
   */
  record Result(Map<String, Object> values) implements ProgressEvent {

    /** Copies the map, keeping its order. */
    public Result {
      values = new LinkedHashMap<>(values);
    }
  }
}
