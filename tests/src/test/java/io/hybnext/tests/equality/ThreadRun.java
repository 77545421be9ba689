package io.hybnext.tests.equality;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * One run in this process from its first step to its last, with the members that a schedule says:
 * the coordinator and every trainer are actor systems of one cluster, gradients go over Aeron. A
 * kill is an exception at a random place of a trainer's maths, a pause a call that takes long.
 */
final class ThreadRun implements TrainerLauncher {
  private static final long LIMIT_S = 600;
  private static final Duration END = Duration.ofSeconds(30);
  private static final int CALLS = 30; // of a trainer's maths, a step or two
  private static final long STALL_MS = 300;
  private static final int CHECKPOINT_EVERY = 15;

  private final TrainingInputs inputs;
  private final Path folder;
  private final Path aeron;
  private final MemberSchedule schedule;
  private final Deque<MemberSchedule.Event> ahead;
  private final Map<String, ThreadMember> members = new ConcurrentHashMap<>();
  private final List<ThreadMember> all = new ArrayList<>();
  private List<String> present = List.of(); // the listener's thread only
  private int kills;
  private int pauses;

  /**
   * Prepares a run.
   *
   * @param folder of the run; must not exist
   * @param aeron folder of a media driver of this process
   */
  ThreadRun(TrainingInputs inputs, Path folder, Path aeron, MemberSchedule schedule) {
    this.inputs = inputs;
    this.folder = folder;
    this.aeron = aeron;
    this.schedule = schedule;
    ahead = new ArrayDeque<>(schedule.events());
  }

  /**
   * Runs to the last step.
   *
   * @return the folder of its last checkpoint
   * @throws IOException with a sentence when it does not get there
   */
  Path run(long steps) throws IOException, InterruptedException {
    try {
      TrainingRun run = TrainingRun.start(settings(steps), this, this::onEvent);
      for (int i = 0; i < schedule.joins(); i++) {
        String name = "node-" + i;
        member(name, i + 1).start(run.endpoint(), reason -> members.remove(name));
      }
      RunReport report = run.result().toCompletableFuture().get(LIMIT_S, TimeUnit.SECONDS);
      if (report.outcome() != RunReport.Outcome.COMPLETED) {
        throw new IOException(folder + " " + report.outcome() + ": " + report.reason());
      }
      awaitExit(END);
      return Path.of(report.checkpoint());
    } catch (ClusterException | ExecutionException | TimeoutException failed) {
      throw new IOException(folder + " does not get to its end: " + failed, failed);
    }
  }

  private TrainingRunSettings settings(long steps) {
    RunPlan plan =
        new RunPlan(
            schedule.first(),
            1,
            inputs.microshards(),
            steps,
            CHECKPOINT_EVERY,
            2,
            folder.resolve("checkpoints").toString(),
            aeron.toString(),
            "aeron:ipc");
    RunIdentity identity = new RunIdentity(folder.toString(), "settings", "data", "test");
    return new TrainingRunSettings(
        new RunSettings(identity, plan, RunLimits.DEFAULTS),
        Endpoint.loopback(),
        folder.resolve("run.jsonl"),
        1);
  }

  private ThreadMember member(String name, long incarnation) {
    ThreadMember member = new ThreadMember(name, incarnation, inputs, folder);
    members.put(name, member);
    synchronized (all) {
      all.add(member);
    }
    return member;
  }

  private void onEvent(ProgressEvent event) {
    if (event instanceof ProgressEvent.GenerationFormed formed) {
      present = formed.trainers();
    } else if (event instanceof ProgressEvent.StepCommitted step) {
      while (!ahead.isEmpty() && ahead.peek().step() <= step.report().step() + 1) {
        happen(ahead.remove());
      }
    }
  }

  private void happen(MemberSchedule.Event event) {
    ThreadMember victim = members.get(present.get(event.pick() % present.size()));
    if (victim == null) { // it ended just now
      return;
    }
    if (event.what() == MemberSchedule.What.KILL) {
      kills++;
      victim.trouble().failAfter(event.pick() % CALLS);
    } else {
      pauses++;
      victim.trouble().stall(STALL_MS);
    }
  }

  int kills() {
    return kills;
  }

  int pauses() {
    return pauses;
  }

  @Override
  public List<String> trainers() {
    return IntStream.range(0, schedule.first()).mapToObj(i -> "trainer-" + i).toList();
  }

  @Override
  public void start(String trainer, long incarnation, String coordinator, ExitListener onExit) {
    member(trainer, incarnation)
        .start(Endpoint.parse(coordinator), reason -> onExit.exited(trainer, incarnation, reason));
  }

  @Override
  public void kill(String trainer, long incarnation) {
    ThreadMember member = members.get(trainer);
    if (member != null && member.incarnation() == incarnation) { // not the one after it
      member.trouble().failAfter(0);
    }
  }

  @Override
  public boolean awaitExit(Duration time) throws InterruptedException {
    List<ThreadMember> started;
    synchronized (all) {
      started = List.copyOf(all);
    }
    boolean ended = true;
    for (ThreadMember member : started) {
      ended &= member.awaitEnd(time);
    }
    return ended;
  }

  @Override
  public void close() {
    members.values().forEach(member -> member.trouble().failAfter(0));
  }
}
