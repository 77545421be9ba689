package io.hybnext.ops.run;

import io.hybnext.actors.run.MemberHealth;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.ops.progress.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Tells people what a run tells: steps as steps, everything else in a sentence. */
public final class RunProgress implements Consumer<ProgressEvent> {
  private static final long QUIET_MS = 5_000;

  private final Progress progress;
  private final Map<String, Long> processes = new ConcurrentHashMap<>();

  /** Tells it to {@code progress}. */
  public RunProgress(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void accept(ProgressEvent event) {
    if (event instanceof ProgressEvent.StepCommitted step) {
      tell(step);
    } else if (event instanceof ProgressEvent.TrainerChanged trainer) {
      tell(trainer);
    } else {
      String sentence = sentence(event);
      if (!sentence.isEmpty()) {
        progress.note(sentence);
      }
    }
  }

  private void tell(ProgressEvent.TrainerChanged changed) {
    changed.processId().ifPresent(pid -> processes.put(changed.trainer(), pid));
    String sentence = sentence(changed);
    if (!sentence.isEmpty()) {
      progress.note(sentence);
    }
  }

  /** A process that ended by itself without a failure did so because the run is over. */
  private static String left(String detail) {
    return detail.contains("ended with code 0") ? " left" : " is lost: " + detail;
  }

  private void tell(ProgressEvent.StepCommitted committed) {
    var report = committed.report();
    progress.tell(
        new io.hybnext.ops.progress.ProgressEvent.Step(
            report.step() + 1,
            committed.steps(),
            report.nll(),
            report.gva(),
            report.zLoss(),
            report.gradientNorm(),
            report.learningRate(),
            committed.tokensPerSecond(),
            Duration.ofMillis((long) (committed.etaSeconds() * 1000)),
            report.doneMs(),
            trainers(committed.members())));
  }

  private List<io.hybnext.ops.progress.ProgressEvent.Trainer> trainers(List<MemberHealth> members) {
    return members.stream()
        .map(
            member ->
                new io.hybnext.ops.progress.ProgressEvent.Trainer(
                    member.rank(), processes.getOrDefault(member.trainer(), 0L), state(member)))
        .toList();
  }

  private static String state(MemberHealth member) {
    if (member.lastHeardMs() > QUIET_MS) {
      return "silent for " + member.lastHeardMs() / 1000 + " s";
    }
    return member.straggler() ? "slow" : "ok";
  }

  /** What an event tells people; empty for steps, and for what other events tell better. */
  public static String sentence(ProgressEvent event) {
    if (event instanceof ProgressEvent.TrainerChanged changed) {
      return sentence(changed);
    }
    if (event instanceof ProgressEvent.GenerationFormed formed) {
      return "generation "
          + formed.generation()
          + ": "
          + String.join(", ", formed.trainers())
          + (formed.reason().isEmpty() ? "" : " (" + formed.reason() + ")");
    }
    if (event instanceof ProgressEvent.GenerationSettled settled) {
      return "generation "
          + settled.generation()
          + " goes on from step "
          + settled.startStep()
          + (settled.checkpoint().isEmpty() ? "" : ", restored from " + settled.checkpoint());
    }
    if (event instanceof ProgressEvent.GenerationAdopted adopted) {
      return "generation " + adopted.generation() + " goes on with another coordinator";
    }
    if (event instanceof ProgressEvent.RolledBack back) {
      return "steps "
          + back.to()
          + " to "
          + (back.from() - 1)
          + " are done again: nobody alive held their result";
    }
    if (event instanceof ProgressEvent.GenerationBroken broken) {
      return "generation " + broken.generation() + " ended: " + broken.reason();
    }
    if (event instanceof ProgressEvent.StepNotApplied step) {
      return "step "
          + step.step()
          + " was not applied: loss or gradient is not finite ("
          + step.inARow()
          + " in a row); its items: "
          + step.items();
    }
    if (event instanceof ProgressEvent.CheckpointSaved saved) {
      return "checkpoint at step " + saved.step() + ": " + saved.folder();
    }
    if (event instanceof ProgressEvent.CheckpointFailed failed) {
      return "checkpoint at step "
          + failed.step()
          + " failed: "
          + failed.reason()
          + "; training goes on";
    }
    if (event instanceof ProgressEvent.CheckpointSkipped skipped) {
      return skipped.reason() + "; going on from the one before";
    }
    if (event instanceof ProgressEvent.HandingOver handing) {
      return handing.reason() + "; another generation goes on after step " + handing.step();
    }
    if (event instanceof ProgressEvent.DriverStarted driver) {
      return driver.detail().isEmpty() ? "" : driver.detail() + "; started again";
    }
    if (event instanceof ProgressEvent.Health health) {
      return health.state().word()
          + ": "
          + health.sentence()
          + (health.action().isEmpty() ? "" : " " + health.action());
    }
    if (event instanceof ProgressEvent.WaveEntered wave) {
      return "new items enter at step " + wave.step() + "; " + wave.items() + " in all";
    }
    if (event instanceof ProgressEvent.Gate gate) {
      return "checkpoint at step "
          + gate.step()
          + (gate.accepted() ? " is current: " : " is refused: ")
          + gate.reason();
    }
    if (event instanceof ProgressEvent.Drift drift) {
      return drift.alarm() ? DriftWatch.sentence(drift) : "";
    }
    if (event instanceof ProgressEvent.WaveDelayed delayed) {
      return delayed.reason();
    }
    if (event instanceof ProgressEvent.Paused paused) {
      return "paused after step " + paused.step() + ": " + paused.reason();
    }
    if (event instanceof ProgressEvent.StandbyChanged standby) {
      return (standby.there()
              ? "a second coordinator stands by"
              : "no coordinator stands by any more")
          + " at "
          + standby.place();
    }
    if (event instanceof ProgressEvent.Continued) {
      return "the run goes on";
    }
    if (event instanceof ProgressEvent.Stopping stopping) {
      return "stopping after step " + stopping.step() + ": " + stopping.reason();
    }
    return "";
  }

  private static String sentence(ProgressEvent.TrainerChanged changed) {
    return switch (changed.state()) {
      case JOINED -> changed.trainer() + " joined (" + changed.detail() + ")";
      case LOST -> changed.trainer() + left(changed.detail());
      case LEFT -> changed.trainer() + " left: " + changed.detail();
      case PAUSED -> changed.detail() + "; the others go on without it";
      case RESUMED -> changed.trainer() + " is heard again";
      case GIVEN_UP -> changed.trainer() + " is given up: " + changed.detail();
      case LAUNCHED -> ""; // it will join, or be lost
    };
  }

  /** A run's end in one sentence. */
  public static String sentence(RunReport report) {
    String where = report.checkpoint().isEmpty() ? "no checkpoint" : report.checkpoint();
    return switch (report.outcome()) {
      case COMPLETED -> "completed " + report.step() + " steps; " + where;
      case STOPPED ->
          "stopped at step " + report.step() + "; the same command goes on from " + where;
      case FAILED -> "the run failed: " + report.reason() + "; safe up to step " + report.step();
    };
  }
}
