package io.hybnext.actors.health;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Stages of a stream that have work and finish nothing. Of several that stand still one after the
 * other the last is named: back-pressure holds up those before it.
 */
final class StageJudge implements Judge {
  private static final long LEAST_NS = 4_000_000_000L;
  private static final long UNKNOWN_NS = 60_000_000_000L; // networks are loaded, kernels compiled

  private static final class Stage {
    long finished;
    long waiting;
    long movedNs;
    final Samples gapNs = new Samples(32);
  }

  private final Map<String, Stage> stages = new LinkedHashMap<>(); // in the order of the stream

  @Override
  public void on(HealthSignal signal, long nowNs) {
    if (!(signal instanceof HealthSignal.Stage told)) {
      return;
    }
    Stage stage = stages.computeIfAbsent(told.stage(), name -> new Stage());
    boolean moved = told.finished() > stage.finished;
    if (moved && stage.waiting > 0) {
      stage.gapNs.add(nowNs - stage.movedNs);
    }
    if (moved || stage.waiting == 0) {
      stage.movedNs = nowNs;
    }
    stage.finished = told.finished();
    stage.waiting = told.waiting();
  }

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    String last = null;
    for (Map.Entry<String, Stage> entry : stages.entrySet()) {
      Stage stage = entry.getValue();
      if (stage.waiting > 0 && nowNs - stage.movedNs > limitNs(stage)) {
        last = entry.getKey();
      }
    }
    if (last != null) {
      Stage stage = stages.get(last);
      String sentence =
          "The stage "
              + last
              + " has finished nothing for "
              + (nowNs - stage.movedNs) / 1_000_000_000L
              + " s, and "
              + stage.waiting
              + " images wait for it.";
      out.accept(
          Condition.degraded(
              last,
              Cause.STALL,
              sentence,
              "See the log for what it works on; end the ingestion and start it again, nothing"
                  + " that is stored is lost."));
    }
  }

  private static long limitNs(Stage stage) {
    return stage.gapNs.size() < 3
        ? UNKNOWN_NS
        : (long) Math.max(LEAST_NS, 3 * stage.gapNs.greatest());
  }
}
