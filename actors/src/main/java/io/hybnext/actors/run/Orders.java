package io.hybnext.actors.run;

import io.hybnext.actors.run.RunAction.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * What operators order, and what becomes of it: every order is answered once, when it is carried
 * out or cannot be. Whoever drives it calls {@link #follow} after every event.
 */
final class Orders {
  private final RunCourse course;
  private final CheckpointBook checkpoints;
  private final StepLedger steps;
  private final Leavers leavers;
  private final Recalls recalls;
  private final List<Open> open = new ArrayList<>();
  private String pauseReason = "";
  private boolean resting; // paused, and told so

  /**
   * An order without an answer.
   *
   * @param from number of steps that were committed when it came
   */
  private record Open(long number, RunOrder order, long from) {}

  Orders(
      RunCourse course,
      CheckpointBook checkpoints,
      StepLedger steps,
      Leavers leavers,
      Recalls recalls) {
    this.course = course;
    this.checkpoints = checkpoints;
    this.steps = steps;
    this.leavers = leavers;
    this.recalls = recalls;
  }

  void on(RunEvent.Ordered event, long nowNs, List<RunAction> out) {
    RunOrder order = event.order();
    if (course.phase() == Phase.CREATED || course.isEnding() || course.isStopping()) {
      out.add(new Answer(event.number(), false, "the run is about to begin, or to end"));
    } else if (order instanceof RunOrder.Resume) {
      out.add(resume(event.number(), out));
    } else {
      open.add(new Open(event.number(), order, steps.committed()));
      if (order instanceof RunOrder.Pause pause) {
        pause(pause.reason());
        stand(nowNs, out);
      } else if (order instanceof RunOrder.Drain drain) {
        leavers.drain(drain.trainer());
      } else if (order instanceof RunOrder.Recall recall) {
        recalls.recall(recall.trainer(), out);
      } else if (checkpoints.savedStep() < steps.committed()) {
        checkpoints.wish();
        stand(nowNs, out);
      }
    }
  }

  /** No further step begins, in whichever generation. */
  void pause(String reason) {
    pauseReason = reason;
    steps.pause();
  }

  private Answer resume(long number, List<RunAction> out) {
    if (!steps.isPaused()) {
      return new Answer(number, false, "the run is not paused");
    }
    open.removeIf(
        of -> {
          boolean pause = of.order() instanceof RunOrder.Pause;
          if (pause) {
            out.add(new Answer(of.number(), false, "somebody resumed the run before it stood"));
          }
          return pause;
        });
    steps.resume();
    resting = false;
    RunCourse.tell(new ProgressEvent.Continued(), out);
    if (course.phase() == Phase.RUNNING) {
      course.current().run().raise(out);
    }
    return new Answer(number, true, "the run goes on after step " + steps.committed());
  }

  /** Lets the members stand after a step that all of them can reach. */
  private void stand(long nowNs, List<RunAction> out) {
    if (course.phase() == Phase.RUNNING) {
      course.current().run().stand(nowNs, out);
    }
  }

  /**
   * Whether no step is under way, nor will be before something else happens. Before a generation
   * goes on here nobody knows: members of one that another coordinator formed do steps by
   * themselves.
   */
  private boolean isAtRest() {
    return course.phase() == Phase.RUNNING && course.current().run().isAtRest();
  }

  /** Answers what has come to its end with the event whose actions are in {@code out}. */
  void follow(List<RunAction> out) {
    if (steps.isPaused() && !resting && isAtRest()) {
      resting = true;
      RunCourse.tell(new ProgressEvent.Paused(steps.committed(), pauseReason), out);
    }
    if (open.isEmpty()) {
      return;
    }
    String failed = failedCheckpoint(out);
    List<RunAction> answers = new ArrayList<>();
    open.removeIf(
        of -> {
          Answer answer = answer(of, failed);
          if (answer != null) {
            answers.add(answer);
          }
          return answer != null;
        });
    out.addAll(answers);
  }

  /** Why a checkpoint came to nothing just now; empty when none did. */
  private static String failedCheckpoint(List<RunAction> out) {
    for (RunAction action : out) {
      if (action instanceof RunAction.Report report
          && report.event() instanceof ProgressEvent.CheckpointFailed failed) {
        return "the checkpoint at step " + failed.step() + " failed: " + failed.reason();
      }
    }
    return "";
  }

  private Answer answer(Open of, String failed) {
    long number = of.number();
    if (of.order() instanceof RunOrder.Drain drain) {
      String refusal = leavers.refusal(drain.trainer());
      if (!refusal.isEmpty()) {
        return new Answer(number, false, refusal);
      } else if (leavers.hasLeft(drain.trainer())) {
        return new Answer(number, true, drain.trainer() + " left; the others go on without it");
      }
    } else if (of.order() instanceof RunOrder.Recall recall) {
      String refusal = recalls.refusal(recall.trainer());
      if (!refusal.isEmpty()) {
        return new Answer(number, false, refusal);
      } else if (recalls.isBack(recall.trainer())) {
        return new Answer(number, true, recall.trainer() + " is there, and takes part");
      }
    } else if (of.order() instanceof RunOrder.Pause && resting) {
      return new Answer(number, true, "paused after step " + steps.committed());
    } else if (of.order() instanceof RunOrder.Checkpoint) {
      if (checkpoints.savedStep() >= of.from()) {
        return new Answer(number, true, saved());
      } else if (!failed.isEmpty()) {
        return new Answer(number, false, failed);
      }
    }
    return course.phase() == Phase.ENDED
        ? new Answer(number, false, "the run ended before that")
        : null;
  }

  private String saved() {
    return checkpoints.savedFolder().isEmpty()
        ? "no step is done yet that a checkpoint could hold"
        : "everything up to step "
            + checkpoints.savedStep()
            + " is in "
            + checkpoints.savedFolder();
  }
}
