package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.ops.run.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of a run so far, from the lines of its journal. One thread at a time. */
final class RunHistory {
  private static final int KEPT_EVENTS = 200;

  private final Map<String, MemberView> members = new LinkedHashMap<>();
  private final Map<Long, CheckpointView> checkpoints = new TreeMap<>();
  private final Map<String, FindingView> open = new LinkedHashMap<>();
  private final Deque<EventView> events = new ArrayDeque<>();
  private final Map<Long, Instant> stepTimes = new LinkedHashMap<>();
  private Curve curve = Curve.EMPTY;
  private String phase = "new";
  private String reason = "";
  private String startedAt = "";
  private String updatedAt = "";
  private long generation;

  /**
   * A trainer.
   *
   * @param name of it
   * @param state a word: launched, in work, waiting, silent, left, lost, given up
   * @param detail where it runs, or why it is gone
   * @param pid of its process, 0 when unknown
   * @param rank in the generation, -1 when it is in none
   * @param microshards of each step that are its part
   * @param since ISO 8601
   */
  record MemberView(
      String name, String state, String detail, long pid, int rank, int microshards, String since) {

    private MemberView as(String newState, String newDetail, String at) {
      return new MemberView(name, newState, newDetail, pid, -1, 0, at);
    }

    private MemberView of(long process) {
      return new MemberView(name, state, detail, process, rank, microshards, since);
    }

    private MemberView working(int newRank, int newMicroshards, String at) {
      String from = state.equals("in work") ? since : at;
      return new MemberView(name, "in work", detail, pid, newRank, newMicroshards, from);
    }
  }

  /**
   * A published checkpoint.
   *
   * @param step number of steps in it
   * @param time of publication
   * @param folder absolute path
   * @param sizeBytes of its files
   * @param seconds from its last step to its publication; NaN when unknown
   * @param gate what its evaluation came to; null without one
   */
  record CheckpointView(
      long step, String time, String folder, long sizeBytes, double seconds, JsonNode gate) {

    private CheckpointView judged(JsonNode line) {
      return new CheckpointView(step, time, folder, sizeBytes, seconds, line);
    }
  }

  /**
   * Something that is wrong, or was.
   *
   * @param actor what it is about
   * @param state degraded, failed, or ok when it is over
   * @param cause a word
   * @param sentence what is so
   * @param action what to do next
   * @param since when it began
   */
  record FindingView(
      String actor, String state, String cause, String sentence, String action, String since) {}

  /**
   * Something that happened.
   *
   * @param time ISO 8601
   * @param kind of the journal's line
   * @param tone good, plain, warning or bad
   * @param sentence for people
   */
  record EventView(String time, String kind, String tone, String sentence) {}

  /** Takes lines of the journal, in order. */
  void accept(List<JsonNode> lines) {
    List<JsonNode> steps = new ArrayList<>();
    for (JsonNode line : lines) {
      String time = line.path("time").asText();
      startedAt = startedAt.isEmpty() ? time : startedAt;
      updatedAt = time;
      if (line.path("kind").asText().equals("step")) {
        steps.add(line);
        onStep(line);
      } else {
        accept(line, time);
      }
    }
    curve = curve.plus(steps);
  }

  private void onStep(JsonNode line) {
    phase = phase.equals("stopping") || phase.equals("paused") ? phase : "training";
    stepTimes.put(line.path("step").asLong() + 1, Instant.parse(line.path("time").asText()));
    if (stepTimes.size() > KEPT_EVENTS) {
      stepTimes.remove(stepTimes.keySet().iterator().next());
    }
  }

  private void accept(JsonNode line, String time) {
    String kind = line.path("kind").asText();
    if (kind.equals("gate")) {
      checkpoints.computeIfPresent(line.path("step").asLong(), (step, was) -> was.judged(line));
    }
    RunJournal.event(line).ifPresent(event -> accept(event, kind, time));
  }

  private void accept(ProgressEvent event, String kind, String time) {
    String sentence = RunProgress.sentence(event);
    if (event instanceof ProgressEvent.TrainerChanged changed) {
      onTrainer(changed, time);
    } else if (event instanceof ProgressEvent.GenerationFormed formed) {
      onGeneration(formed, time);
    } else if (event instanceof ProgressEvent.CheckpointSaved saved) {
      onCheckpoint(saved, time);
    } else if (event instanceof ProgressEvent.Health health) {
      onHealth(health);
    } else if (event instanceof ProgressEvent.Stopping) {
      phase = "stopping";
    } else if (event instanceof ProgressEvent.Paused) {
      phase = "paused";
    } else if (event instanceof ProgressEvent.Continued) {
      phase = "training";
    } else if (event instanceof ProgressEvent.Ended ended) {
      phase = ended.report().outcome().name().toLowerCase(Locale.ROOT);
      reason = RunProgress.sentence(ended.report());
      sentence = reason;
      members.replaceAll((name, member) -> member.as("ended", "", time));
      open.clear();
    }
    if (!sentence.isEmpty()) {
      events.addFirst(new EventView(time, kind, tone(event), sentence));
      if (events.size() > KEPT_EVENTS) {
        events.removeLast();
      }
    }
  }

  private void onTrainer(ProgressEvent.TrainerChanged changed, String time) {
    MemberView was =
        members.getOrDefault(
            changed.trainer(), new MemberView(changed.trainer(), "", "", 0, -1, 0, time));
    if (changed.processId().isPresent()) {
      was = was.of(changed.processId().getAsLong());
    }
    String state = word(changed);
    MemberView now =
        changed.state() == TrainerState.RESUMED
            ? was.as(state, was.detail(), time)
            : was.as(state, changed.detail(), time);
    members.put(changed.trainer(), now);
    phase = phase.equals("new") || isOver() ? "starting" : phase;
  }

  private static String word(ProgressEvent.TrainerChanged changed) {
    return switch (changed.state()) {
      case LAUNCHED -> "starting";
      case JOINED, RESUMED -> "waiting";
      case PAUSED -> "silent";
      case LOST -> changed.detail().contains("ended with code 0") ? "left" : "lost";
      case LEFT -> "left";
      case GIVEN_UP -> "given up";
    };
  }

  private void onGeneration(ProgressEvent.GenerationFormed formed, String time) {
    generation = formed.generation();
    for (int rank = 0; rank < formed.trainers().size(); rank++) {
      String name = formed.trainers().get(rank);
      MemberView was =
          members.getOrDefault(name, new MemberView(name, "waiting", "", 0, -1, 0, time));
      members.put(name, was.working(rank, formed.microshards().get(rank), time));
    }
  }

  private void onCheckpoint(ProgressEvent.CheckpointSaved saved, String time) {
    Instant done = stepTimes.get(saved.step());
    double seconds =
        done == null
            ? Double.NaN
            : Math.max(0, Duration.between(done, Instant.parse(time)).toMillis() / 1000.0);
    checkpoints.put(
        saved.step(),
        new CheckpointView(saved.step(), time, saved.folder(), saved.sizeBytes(), seconds, null));
  }

  private void onHealth(ProgressEvent.Health health) {
    String key = health.actor() + "\n" + health.cause();
    if (health.state() == HealthState.OK) {
      open.remove(key);
    } else {
      open.put(
          key,
          new FindingView(
              health.actor(),
              health.state().word(),
              health.cause(),
              health.sentence(),
              health.action(),
              health.since()));
    }
  }

  private static String tone(ProgressEvent event) {
    if (event instanceof ProgressEvent.TrainerChanged changed) {
      return switch (changed.state()) {
        case JOINED, RESUMED -> "good";
        case PAUSED -> "warning";
        case LOST -> changed.detail().contains("ended with code 0") ? "plain" : "bad";
        case GIVEN_UP -> "bad";
        case LAUNCHED, LEFT -> "plain";
      };
    } else if (event instanceof ProgressEvent.Health health) {
      return switch (health.state()) {
        case OK -> "good";
        case DEGRADED -> "warning";
        case FAILED -> "bad";
      };
    } else if (event instanceof ProgressEvent.CheckpointSaved) {
      return "good";
    }
    boolean trouble =
        event instanceof ProgressEvent.GenerationBroken
            || event instanceof ProgressEvent.StepNotApplied
            || event instanceof ProgressEvent.CheckpointFailed
            || event instanceof ProgressEvent.CheckpointSkipped
            || event instanceof ProgressEvent.RolledBack;
    return trouble ? "warning" : "plain";
  }

  /** Whether the last thing told is the run's end. */
  boolean isOver() {
    return List.of("completed", "stopped", "failed").contains(phase);
  }

  /** What the run does, a word: new, starting, training, stopping, completed, stopped, failed. */
  String phase() {
    return phase;
  }

  /** How it ended, a sentence; empty when it did not. */
  String reason() {
    return isOver() ? reason : "";
  }

  /** When the first line was written; empty without one. */
  String startedAt() {
    return startedAt;
  }

  /** When the last line was written; empty without one. */
  String updatedAt() {
    return updatedAt;
  }

  /** Number of the last generation. */
  long generation() {
    return generation;
  }

  /** The steps. */
  Curve curve() {
    return curve;
  }

  /** Trainers in the order in which they were first heard of. */
  Collection<MemberView> members() {
    return List.copyOf(members.values());
  }

  /** Checkpoints by step. */
  Collection<CheckpointView> checkpoints() {
    return List.copyOf(checkpoints.values());
  }

  /** What is wrong now. */
  Collection<FindingView> findings() {
    return List.copyOf(open.values());
  }

  /** The last events, the newest first. */
  Collection<EventView> events() {
    return List.copyOf(events);
  }
}
