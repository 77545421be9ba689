package io.hybnext.ops.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.health.DiskProbe;
import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.StatusFile;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run as its folder tells, whether a process leads it or not.
 *
 * @param folder of the run
 * @param run its identifier
 * @param life whether somebody leads it
 * @param since when it was last heard of, or ended; empty when it never began
 * @param outcome how it ended, in one sentence; empty unless it did
 * @param committed number of steps that the journal knows to be committed
 * @param snapshot what the leading process told last; empty when it told nothing
 * @param findings what is wrong, or was when it was last heard of
 */
public record RunStatus(
    RunFolder folder,
    String run,
    Life life,
    Optional<Instant> since,
    String outcome,
    long committed,
    Optional<RunSnapshot> snapshot,
    List<ProgressEvent.Health> findings) {
  private static final Duration FRESH = Duration.ofSeconds(10); // told every second

  /** Copies the list. */
  public RunStatus {
    findings = List.copyOf(findings);
  }

  /** Whether a run is going on. */
  public enum Life {
    /** Nobody has led it yet. */
    NEW,
    /** A process leads it and tells of it. */
    ALIVE,
    /** It did not end, and nothing is heard of it. */
    SILENT,
    /** It came to its end: completed, stopped or failed. */
    ENDED;

    /** In small letters. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Looks at a folder.
   *
   * @param now of the wall clock
   * @throws CommandFailure with a sentence when it is no run or cannot be read
   */
  public static RunStatus read(RunFolder folder, Instant now) {
    RunFile file = RunFile.read(folder);
    try {
      List<JsonNode> journal = RunJournal.read(folder.journal());
      return of(folder, file.run(), journal, StatusFile.read(folder.root()), now);
    } catch (IOException e) {
      throw new CommandFailure(
          "the run's folder " + folder.root() + " cannot be read: " + FileFailure.explain(e), e);
    }
  }

  private static RunStatus of(
      RunFolder folder,
      String run,
      List<JsonNode> journal,
      Optional<RunSnapshot> snapshot,
      Instant now) {
    long committed = 0;
    JsonNode last = null;
    for (JsonNode line : journal) {
      switch (line.path("kind").asText()) {
        case "step" -> committed = line.path("step").asLong() + 1;
        case "rolled-back" -> committed = line.path("to").asLong();
        default -> {}
      }
      last = line.path("kind").asText().equals("health") ? last : line;
    }
    Optional<Instant> told = snapshot.map(s -> Instant.parse(s.at()));
    boolean fresh = told.isPresent() && told.get().plus(FRESH).isAfter(now);
    boolean over = last != null && last.path("kind").asText().equals("ended");
    Life life = Life.SILENT;
    if (over) {
      life = Life.ENDED;
    } else if (last == null && snapshot.isEmpty()) {
      life = Life.NEW;
    } else if (fresh) {
      life = Life.ALIVE;
    }
    Optional<Instant> written =
        Optional.ofNullable(last).map(line -> Instant.parse(line.path("time").asText()));
    return new RunStatus(
        folder,
        run,
        life,
        life == Life.ENDED || told.isEmpty() ? written : told,
        over ? outcome(last.path("report")) : "",
        Math.max(committed, life == Life.ALIVE ? snapshot.get().progress().step() : 0),
        snapshot,
        findings(life, journal, snapshot, folder));
  }

  private static String outcome(JsonNode report) {
    String reason = report.path("reason").asText();
    return report.path("outcome").asText().toLowerCase(Locale.ROOT)
        + (reason.isEmpty() ? "" : ": " + reason);
  }

  /** What the leading process holds to be wrong, or what the journal does not tell to be over. */
  private static List<ProgressEvent.Health> findings(
      Life life, List<JsonNode> journal, Optional<RunSnapshot> snapshot, RunFolder folder) {
    Map<String, ProgressEvent.Health> open = new LinkedHashMap<>();
    if (life == Life.ALIVE) {
      snapshot.get().findings().forEach(one -> open.put(one.actor() + one.cause(), one));
    } else if (life == Life.SILENT) {
      for (JsonNode line : journal) {
        if (line.path("kind").asText().equals("health")) {
          ProgressEvent.Health one = health(line);
          open.put(one.actor() + one.cause(), one);
        }
      }
      open.values().removeIf(one -> one.state() == HealthState.OK);
    }
    // A full disk may have kept the process that leads from noting it.
    DiskProbe disk = new DiskProbe(folder.root());
    snapshot
        .filter(s -> life != Life.ENDED && s.checkpoint() != null)
        .ifPresent(s -> disk.onCheckpoint(s.checkpoint().sizeBytes()));
    if (life == Life.ALIVE || life == Life.SILENT) {
      disk.look()
          .ifPresent(
              found ->
                  open.putIfAbsent(
                      disk.actor() + disk.cause().word(),
                      new ProgressEvent.Health(
                          disk.actor(),
                          found.state(),
                          disk.cause().word(),
                          found.sentence(),
                          found.action(),
                          "")));
    }
    return new ArrayList<>(open.values());
  }

  private static ProgressEvent.Health health(JsonNode line) {
    return new ProgressEvent.Health(
        line.path("actor").asText(),
        HealthState.valueOf(line.path("state").asText().toUpperCase(Locale.ROOT)),
        line.path("cause").asText(),
        line.path("sentence").asText(),
        line.path("action").asText(),
        line.path("since").asText());
  }

  /** Whether it goes on or ended as it should, and nothing is wrong. */
  public boolean isWell() {
    boolean goes = life == Life.ALIVE || life == Life.NEW;
    return findings.isEmpty() && (goes || (life == Life.ENDED && !outcome.startsWith("failed")));
  }
}
