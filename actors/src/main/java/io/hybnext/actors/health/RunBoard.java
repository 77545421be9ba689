package io.hybnext.actors.health;

import io.hybnext.actors.health.RunSnapshot.RunPhase;
import io.hybnext.actors.run.MemberHealth;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Keeps what a run does now, from its events and what trainers tell. One thread at a time. */
public final class RunBoard {

  private static final class Known {
    String state = "";
    String place = "";
    Vitals vitals;
    long toldNs;
  }

  private final Map<String, Known> trainers = new LinkedHashMap<>();
  private final Map<String, MemberHealth> health = new LinkedHashMap<>();
  private final Map<String, Integer> microshards = new LinkedHashMap<>(); // members by rank
  private final Instant ledSince;
  private final long checkpointEvery;
  private RunPhase phase = RunPhase.GATHERING;
  private RunSnapshot.Progress progress = RunSnapshot.Progress.NONE;
  private RunSnapshot.Checkpoint checkpoint;
  private long generation;
  private long steps;
  private long dueNs;
  private long dueStep = -1;

  private long committed;
  private long tokens;
  private long notApplied;
  private long generations;
  private long membersLost;
  private long checkpoints;
  private long checkpointsFailed;
  private long driverRestarts;

  /**
   * An empty board.
   *
   * @param ledSince when this process began to lead the run
   * @param checkpointEvery steps between checkpoints; 0 when there is one at the end only
   */
  public RunBoard(Instant ledSince, long checkpointEvery) {
    this.ledSince = ledSince;
    this.checkpointEvery = checkpointEvery;
  }

  /** A trainer tells of itself. */
  public void beat(String trainer, Vitals vitals, long nowNs) {
    Known known = known(trainer);
    known.vitals = vitals;
    known.toldNs = nowNs;
  }

  private Known known(String trainer) {
    return trainers.computeIfAbsent(trainer, name -> new Known());
  }

  /**
   * Something happened.
   *
   * @param now of the wall clock
   * @param nowNs of the clock of {@link #beat}
   */
  public void on(ProgressEvent event, Instant now, long nowNs) {
    if (event instanceof ProgressEvent.StepCommitted step) {
      onStep(step, nowNs);
    } else if (event instanceof ProgressEvent.TrainerChanged changed) {
      onTrainer(changed);
    } else if (event instanceof ProgressEvent.GenerationFormed formed) {
      onFormed(formed);
    } else if (event instanceof ProgressEvent.GenerationBroken) {
      phase = RunPhase.GATHERING;
    } else if (event instanceof ProgressEvent.GenerationAdopted adopted) {
      generation = adopted.generation();
      phase = RunPhase.TRAINING;
    } else if (event instanceof ProgressEvent.StepNotApplied) {
      notApplied++;
    } else if (event instanceof ProgressEvent.CheckpointSaved saved) {
      onSaved(saved, now, nowNs);
    } else if (event instanceof ProgressEvent.CheckpointFailed) {
      checkpointsFailed++;
      dueStep = -1;
    } else if (event instanceof ProgressEvent.DriverStarted driver) {
      driverRestarts += driver.detail().isEmpty() ? 0 : 1;
    } else if (event instanceof ProgressEvent.Paused) {
      phase = RunPhase.PAUSED;
    } else if (event instanceof ProgressEvent.Continued) {
      phase = RunPhase.TRAINING;
    } else if (event instanceof ProgressEvent.Stopping) {
      phase = RunPhase.STOPPING;
    } else if (event instanceof ProgressEvent.Ended) {
      phase = RunPhase.ENDED;
      microshards.clear();
    }
  }

  private void onStep(ProgressEvent.StepCommitted step, long nowNs) {
    var report = step.report();
    long done = report.step() + 1;
    phase = done >= step.steps() ? RunPhase.STOPPING : RunPhase.TRAINING;
    steps = step.steps();
    committed++;
    tokens += report.tokens();
    progress =
        new RunSnapshot.Progress(
            done,
            report.nll(),
            report.gva(),
            report.zLoss(),
            report.gradientNorm(),
            report.learningRate(),
            step.tokensPerSecond(),
            step.secondsPerStep(),
            step.etaSeconds());
    health.clear();
    step.members().forEach(member -> health.put(member.trainer(), member));
    if (checkpointEvery > 0 && done % checkpointEvery == 0) {
      dueStep = done;
      dueNs = nowNs;
    }
  }

  private void onTrainer(ProgressEvent.TrainerChanged changed) {
    Known known = known(changed.trainer());
    TrainerState state =
        changed.state() == TrainerState.RESUMED ? TrainerState.JOINED : changed.state();
    known.state = state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    if (!changed.detail().isEmpty()) {
      known.place = changed.detail();
    }
    membersLost += state == TrainerState.LOST ? 1 : 0;
    if (state == TrainerState.LOST || state == TrainerState.LEFT) {
      known.vitals = null;
    }
  }

  private void onFormed(ProgressEvent.GenerationFormed formed) {
    phase = RunPhase.SETTLING;
    generation = formed.generation();
    generations++;
    microshards.clear();
    for (int rank = 0; rank < formed.trainers().size(); rank++) {
      microshards.put(formed.trainers().get(rank), formed.microshards().get(rank));
    }
  }

  private void onSaved(ProgressEvent.CheckpointSaved saved, Instant now, long nowNs) {
    checkpoints++;
    double seconds = saved.step() == dueStep ? (nowNs - dueNs) / 1e9 : 0;
    checkpoint =
        new RunSnapshot.Checkpoint(
            saved.step(), saved.folder(), saved.sizeBytes(), now.toString(), seconds);
  }

  /**
   * All of it.
   *
   * @param actors of this process
   * @param findings what is wrong now
   */
  public RunSnapshot snapshot(
      Instant now, long nowNs, List<ActorReport> actors, List<ProgressEvent.Health> findings) {
    List<RunSnapshot.Member> members = new ArrayList<>();
    int rank = 0;
    for (String trainer : microshards.keySet()) {
      members.add(member(trainer, rank++, nowNs));
    }
    for (String trainer : trainers.keySet()) {
      if (!microshards.containsKey(trainer)) {
        members.add(member(trainer, -1, nowNs));
      }
    }
    return new RunSnapshot(
        now.toString(),
        ledSince.toString(),
        ProcessHandle.current().pid(),
        phase,
        generation,
        steps,
        progress,
        checkpoint,
        new RunSnapshot.Counts(
            committed,
            tokens,
            notApplied,
            generations,
            membersLost,
            checkpoints,
            checkpointsFailed,
            driverRestarts),
        members,
        actors,
        findings);
  }

  private RunSnapshot.Member member(String trainer, int rank, long nowNs) {
    Known known = trainers.getOrDefault(trainer, new Known());
    int own = microshards.getOrDefault(trainer, 0);
    int all = microshards.values().stream().mapToInt(Integer::intValue).sum();
    MemberHealth times = health.get(trainer);
    boolean measured = times != null && rank >= 0;
    return new RunSnapshot.Member(
        trainer,
        rank,
        known.state,
        known.place,
        own,
        all == 0 ? 0 : progress.tokensPerSecond() * own / all,
        measured ? times.computeMs() : 0,
        measured ? times.exchangeMs() : 0,
        measured ? times.dataWaitMs() : 0,
        measured && times.straggler(),
        known.vitals,
        known.vitals == null ? 0 : (nowNs - known.toldNs) / 1_000_000);
  }
}
