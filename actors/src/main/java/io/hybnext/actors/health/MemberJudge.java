package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.GenerationBroken;
import io.hybnext.actors.run.ProgressEvent.TrainerChanged;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Trainers and media drivers that ended or are not heard of, and why, as far as they told. */
final class MemberJudge implements Judge {
  static final String DRIVER = "media driver";
  private static final String COORDINATOR = "coordinator";
  private static final String EITHER = "died, or lost its media driver"; // a member, not the driver
  private static final long AMENDED_NS = 60_000_000_000L;
  private static final Pattern DEVICE_ERROR =
      Pattern.compile(
          "CUDA error|CUDA out of memory|cuDNN error|CUBLAS_STATUS|NCCL error|device-side assert"
              + "|uncorrectable|Xid|NVML");
  private static final Pattern GOOD_END = Pattern.compile("ended with code 0|asked to leave");

  /** Somebody who is missing. */
  private static final class Missing {
    final Condition condition;
    final int membersBefore;
    long goesOnNs = Long.MAX_VALUE; // steps are done without it

    Missing(Condition condition, int membersBefore) {
      this.condition = condition;
      this.membersBefore = membersBefore;
    }
  }

  private final RunView run;
  private final Map<String, Missing> dead = new LinkedHashMap<>();
  private final Map<String, String> silent = new LinkedHashMap<>();
  private String driverLost = ""; // why
  private String formerLeader = ""; // until steps follow each other again
  private boolean judged; // since either was lost: what mends itself at once is told all the same

  MemberJudge(RunView run) {
    this.run = run;
  }

  @Override
  public void on(HealthSignal signal, long nowNs) {
    if (signal instanceof HealthSignal.TookOver tookOver) {
      formerLeader = tookOver.former();
      judged = false;
    }
    if (!(signal instanceof HealthSignal.Happened happened)) {
      return;
    }
    ProgressEvent event = happened.event();
    if (event instanceof TrainerChanged changed) {
      onTrainer(changed);
    } else if (event instanceof GenerationBroken broken
        && broken.reason().contains(DRIVER)
        && !broken.reason().contains(EITHER)) {
      driverLost = broken.reason();
      judged = false;
    } else if (event instanceof ProgressEvent.DriverStarted started) {
      judged &= started.detail().isEmpty();
      driverLost = started.detail().isEmpty() ? driverLost : started.detail();
    } else if (event instanceof ProgressEvent.StepCommitted) {
      driverLost = judged ? "" : driverLost;
      formerLeader = judged ? "" : formerLeader;
      onCommitted(nowNs);
    }
  }

  private void onTrainer(TrainerChanged changed) {
    String trainer = changed.trainer();
    switch (changed.state()) {
      case LOST -> lose(changed);
      case GIVEN_UP ->
          dead.put(
              trainer,
              new Missing(
                  Condition.failed(
                      trainer,
                      Cause.MEMBER_DEAD,
                      trainer
                          + " failed too often and is not started again: "
                          + ended(changed.detail()),
                      "Mend what logs/"
                          + trainer
                          + ".log tells of, then join one by `hybnext node -c FILE`."),
                  membersWith(trainer)));
      case PAUSED -> silent.put(trainer, changed.detail());
      case JOINED, LEFT -> {
        silent.remove(trainer);
        dead.remove(trainer);
      }
      case RESUMED -> silent.remove(trainer);
      default -> {}
    }
  }

  private void lose(TrainerChanged changed) {
    String trainer = changed.trainer();
    silent.remove(trainer);
    if (GOOD_END.matcher(changed.detail()).find() || run.isEnding()) {
      return;
    }
    boolean device = DEVICE_ERROR.matcher(changed.detail()).find();
    Condition condition =
        device
            ? Condition.failed(
                trainer,
                Cause.DEVICE_FAILING,
                "The GPU of " + trainer + " fails: " + ended(changed.detail()),
                "Take that GPU out of work (nvidia-smi -q, dmesg), then start the trainer again.")
            : Condition.degraded(
                trainer,
                Cause.MEMBER_DEAD,
                trainer + " is lost: " + ended(changed.detail()),
                "Nothing if it is started again by itself; else see logs/"
                    + trainer
                    + ".log and join one by `hybnext node -c FILE`.");
    dead.put(trainer, new Missing(condition, membersWith(trainer)));
  }

  private static String ended(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }

  /** With one whom the others may have left out already, before it is known to be lost. */
  private int membersWith(String trainer) {
    List<String> members = run.members();
    return members.size() + (members.contains(trainer) ? 0 : 1);
  }

  /** It is over when as many as before do steps again, or a while after the rest went on. */
  private void onCommitted(long nowNs) {
    int members = run.members().size();
    for (Missing one : dead.values()) {
      one.goesOnNs = Math.min(one.goesOnNs, nowNs);
    }
    dead.entrySet()
        .removeIf(
            entry -> {
              Missing one = entry.getValue();
              boolean settled = !run.members().contains(entry.getKey());
              boolean replaced = settled && members >= one.membersBefore;
              return replaced || nowNs - one.goesOnNs > AMENDED_NS;
            });
  }

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    judged = true;
    dead.values().forEach(one -> out.accept(one.condition));
    if (run.isEnding()) {
      return;
    }
    silent.forEach(
        (trainer, detail) ->
            out.accept(
                Condition.degraded(
                    trainer,
                    Cause.MEMBER_SILENT,
                    detail + "; the others go on without it.",
                    "Look at its machine and the network; it takes part again when it is heard.")));
    if (!formerLeader.isEmpty()) {
      out.accept(
          Condition.degraded(
              COORDINATOR,
              Cause.MEMBER_DEAD,
              "The process that led the run ("
                  + formerLeader
                  + ") is gone; another leads it now, and trainers go on.",
              "Start another that stands by: `hybnext node --coordinator -c FILE`."));
    }
    if (!driverLost.isEmpty()) {
      out.accept(
          Condition.degraded(
              DRIVER,
              Cause.DRIVER_LOST,
              "The media driver of the exchange ended: " + ended(driverLost),
              "Nothing if steps go on; else see room in /dev/shm with `hybnext doctor`."));
    }
  }
}
