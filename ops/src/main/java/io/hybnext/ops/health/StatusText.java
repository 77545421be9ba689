package io.hybnext.ops.health;

import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.ProgressEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run's status as lines for people. */
public final class StatusText {
  private static final double MIB = 1 << 20;

  private final RunStatus status;
  private final Instant now;
  private final List<String> lines = new ArrayList<>();

  private StatusText(RunStatus status, Instant now) {
    this.status = status;
    this.now = now;
  }

  /**
   * The lines.
   *
   * @param now of the wall clock
   */
  public static List<String> of(RunStatus status, Instant now) {
    StatusText text = new StatusText(status, now);
    text.write();
    return text.lines;
  }

  private void write() {
    lines.add("run " + status.run() + " in " + status.folder().root());
    lines.add(life());
    status.snapshot().ifPresent(this::write);
    if (status.findings().isEmpty()) {
      lines.add(
          status.life() == RunStatus.Life.SILENT
              ? "health: nothing was wrong when it was last heard of"
              : "health: nothing is wrong");
    }
    for (ProgressEvent.Health finding : status.findings()) {
      lines.add("health: " + finding.actor() + " " + finding.state().word() + since(finding));
      lines.add("  " + finding.sentence());
      lines.add("  " + finding.action());
    }
  }

  private String life() {
    String when = status.since().map(this::ago).orElse("");
    return switch (status.life()) {
      case NEW -> "not started yet";
      case ENDED -> status.outcome() + "; " + when + ", after " + status.committed() + " steps";
      case SILENT ->
          "nothing is heard of it since "
              + when
              + ": the process that led it is gone or cut off; safe up to its newest checkpoint,"
              + " the same `train` goes on";
      case ALIVE -> phase(status.snapshot().get());
    };
  }

  private static String phase(RunSnapshot run) {
    String phase = run.phase().name().toLowerCase(Locale.ROOT);
    return phase + ", led by process " + run.process() + ", generation " + run.generation();
  }

  private void write(RunSnapshot run) {
    RunSnapshot.Progress p = run.progress();
    if (p.step() > 0 && status.life() != RunStatus.Life.ENDED) {
      lines.add(
          text(
              "step %d of %d; %,.0f tokens/s, %.2f s a step, %s to go",
              p.step(),
              run.steps(),
              p.tokensPerSecond(),
              p.secondsPerStep(),
              time(p.etaSeconds())));
    }
    if (p.step() > 0) {
      lines.add(
          text(
              "nll %.4f  gva %.4f  z %.4g  gradient norm %.4g  learning rate %.4g",
              p.nll(), p.gva(), p.zLoss(), p.gradientNorm(), p.learningRate()));
    }
    RunSnapshot.Checkpoint c = run.checkpoint();
    if (c != null) {
      lines.add(
          text(
              "checkpoint of step %d, %.0f MiB, %s: %s",
              c.step(), c.sizeBytes() / MIB, ago(Instant.parse(c.at())), c.folder()));
    }
    if (status.life() != RunStatus.Life.ENDED) {
      run.members().forEach(member -> lines.add(member(member)));
    }
  }

  private String member(RunSnapshot.Member member) {
    String rank = member.rank() < 0 ? "no member" : "rank " + member.rank();
    String place = member.place().isEmpty() ? "" : ", " + member.place();
    String line = member.trainer() + ": " + member.state() + ", " + rank + place;
    Vitals vitals = member.vitals();
    if (vitals == null || member.rank() < 0) {
      return line;
    }
    String waits =
        vitals.waitsFor().isEmpty() ? "" : " with " + String.join(", ", vitals.waitsFor());
    return line
        + text(
            "; %s%s, step %d, %,.0f tokens/s, %d microshards",
            vitals.doing().phrase(),
            waits,
            vitals.step(),
            member.tokensPerSecond(),
            member.microshards())
        + text(
            "; compute %.0f ms, exchange %.0f ms, data %.1f ms a step; %.0f MiB%s",
            member.computeMs(),
            member.exchangeMs(),
            member.dataWaitMs(),
            vitals.memory().residentBytes() / MIB,
            member.straggler() ? "; the others wait for it" : "");
  }

  private String since(ProgressEvent.Health finding) {
    return finding.since().isEmpty() ? "" : ", since " + ago(Instant.parse(finding.since()));
  }

  private String ago(Instant then) {
    long seconds = Math.max(0, Duration.between(then, now).toSeconds());
    return then.toString().replaceAll("\\.\\d+Z", "Z") + " (" + time(seconds) + " ago)";
  }

  private static String time(double seconds) {
    Duration of = Duration.ofSeconds(Math.round(seconds));
    if (of.toHours() > 0) {
      return text("%d h %d min", of.toHours(), of.toMinutesPart());
    }
    return of.toMinutes() > 0
        ? text("%d min %d s", of.toMinutes(), of.toSecondsPart())
        : of.toSeconds() + " s";
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
