package io.hybnext.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Drives a {@link RunState} by hand: a clock that stands still, actions collected. */
final class RunFixture {
  static final long SECOND = 1_000_000_000L;
  static final long FIRST_GENERATION = 5;

  static final RunLimits LIMITS =
      new RunLimits(
          3,
          Duration.ZERO,
          Duration.ofMillis(250),
          Duration.ofSeconds(5),
          2,
          2,
          Duration.ofSeconds(60),
          Duration.ofSeconds(50),
          Duration.ofSeconds(40),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          2,
          1.5);

  final RunState state;
  final List<RunAction> all = new ArrayList<>();
  List<RunAction> last = List.of();
  long nowNs;
  private long savedStep;
  private final int trainers;

  /** A run of 20 steps with a checkpoint every 8, and four microshards. */
  RunFixture(int trainers, int minTrainers) {
    this(trainers, minTrainers, trainers);
  }

  RunFixture(int trainers, int minTrainers, int managed) {
    this(
        trainers,
        managed,
        new RunPlan(trainers, minTrainers, 4, 20, 8, 2, "/run", "/aeron", "aeron:ipc"),
        LIMITS,
        RunPast.NONE);
  }

  /** The same, led by a coordinator that takes over while the run is paused. */
  static RunFixture takenOverPaused(int trainers, String reason) {
    return takenOver(trainers, new RunPast(0, 0, 0, 0, Optional.of(reason)));
  }

  /** The same, led by a coordinator that takes over. */
  static RunFixture takenOver(int trainers, RunPast past) {
    return new RunFixture(
        trainers,
        0,
        new RunPlan(trainers, 1, 4, 20, 8, 2, "/run", "/aeron", "aeron:ipc"),
        LIMITS,
        past);
  }

  /** A run with one checkpoint, at the end. */
  RunFixture(int trainers, int minTrainers, RunLimits limits, long steps) {
    this(
        trainers,
        trainers,
        new RunPlan(trainers, minTrainers, 4, steps, 0, 2, "/run", "/aeron", "aeron:ipc"),
        limits,
        RunPast.NONE);
  }

  private RunFixture(int trainers, int managed, RunPlan plan, RunLimits limits, RunPast past) {
    this.trainers = trainers;
    RunIdentity identity = new RunIdentity("run", "settings", "data", "code");
    List<String> names = IntStream.range(0, managed).mapToObj(RunFixture::name).toList();
    RunSettings settings = new RunSettings(identity, plan, limits);
    state = new RunState(settings, names, FIRST_GENERATION, past, ExchangeKey.NONE);
  }

  static String name(int number) {
    return "trainer-" + number;
  }

  RunFixture on(RunEvent event) {
    last = state.on(event, nowNs);
    all.addAll(last);
    return this;
  }

  RunFixture after(long seconds) {
    nowNs += seconds * SECOND;
    return on(new RunEvent.Tick());
  }

  RunFixture gathering() {
    return on(new RunEvent.Begin());
  }

  RunFixture join(int number, long incarnation) {
    return on(new RunEvent.TrainerJoined(name(number), incarnation, "here"));
  }

  RunFixture lose(int number, long incarnation) {
    return on(new RunEvent.TrainerLost(name(number), incarnation, name(number) + " was killed"));
  }

  RunFixture resolving() {
    gathering();
    for (int number = 0; number < trainers; number++) {
      join(number, 1);
    }
    return this;
  }

  RunFixture resolved(long step) {
    savedStep = step;
    String folder = step == 0 ? "" : "/run/step-" + step;
    return on(new RunEvent.CheckpointResolved(step, folder, List.of()));
  }

  RunFixture preparing() {
    return resolving().resolved(0);
  }

  /** A member holds what is in the generation's checkpoint. */
  RunFixture ready(int number, long generation) {
    return ready(number, generation, savedStep);
  }

  /** A member holds the result of so many steps, and has nothing to tell that is not known. */
  RunFixture ready(int number, long generation, long step, StepReport... reports) {
    return on(
        new RunEvent.MemberReady(
            name(number), generation, step, List.of(reports), new PrepareTimes(1, 1, false)));
  }

  /** A member that is asked to begin no further step says where it is. */
  RunFixture held(int number, long generation, long steps) {
    long holds =
        of(RunAction.Hold.class, all).stream().mapToLong(RunAction.Hold::holds).max().orElse(0);
    return on(new RunEvent.MemberHeld(name(number), generation, holds, steps));
  }

  RunFixture pause(int number, long incarnation) {
    return on(new RunEvent.TrainerPaused(name(number), incarnation, name(number) + " is silent"));
  }

  RunFixture resume(int number, long incarnation) {
    return on(new RunEvent.TrainerResumed(name(number), incarnation));
  }

  /** The generation that was announced last. */
  Generation announced() {
    List<RunAction.Announce> told = of(RunAction.Announce.class, all);
    return told.get(told.size() - 1).generation();
  }

  RunFixture running() {
    preparing();
    for (int number = 0; number < trainers; number++) {
      ready(number, FIRST_GENERATION);
    }
    return this;
  }

  RunFixture leaving() {
    return running().ready(9, 1).fail();
  }

  private RunFixture fail() {
    for (int step = 0; step < LIMITS.maxNotApplied(); step++) {
      for (int number = 0; number < trainers; number++) {
        report(number, FIRST_GENERATION, notApplied(step));
      }
    }
    return this;
  }

  RunFixture ended() {
    leaving();
    for (int number = 0; number < trainers; number++) {
      lose(number, 1);
    }
    return this;
  }

  static StepReport good(long step) {
    return new StepReport(
        step, 3.0 - step, 0.5, 0, 100, 1, true, 0.1, 4_000_000, 1, 1, 5_000_000, 0, List.of());
  }

  static StepReport notApplied(long step) {
    List<Long> items = List.of(step * 2, step * 2 + 1);
    return new StepReport(
        step, Double.NaN, 0.5, 0, 100, Double.NaN, false, 0.1, 1, 1, 1, 1, 0, items);
  }

  RunFixture report(int number, long generation, StepReport report) {
    return on(new RunEvent.StepReported(name(number), generation, report));
  }

  /** All members do these steps, one after the other. */
  RunFixture steps(long generation, long from, long end) {
    for (long step = from; step < end; step++) {
      for (int number = 0; number < trainers; number++) {
        report(number, generation, good(step));
      }
    }
    return this;
  }

  RunFixture part(int number, long generation, long step, int attempt) {
    List<CheckpointFile> files = List.of(new CheckpointFile("part-" + number, 10, "hash"));
    return on(
        new RunEvent.PartWritten(
            name(number), generation, step, attempt, files, (number + 1) * 1_000_000L));
  }

  /** All parts are written and the checkpoint is published. */
  RunFixture checkpoint(long generation, long step, int attempt) {
    for (int number = 0; number < trainers; number++) {
      part(number, generation, step, attempt);
    }
    assertEquals(step, only(RunAction.PublishCheckpoint.class).request().step());
    return on(new RunEvent.CheckpointPublished(step, "/run/step-" + step, 20));
  }

  /** The only action of this kind that the last event made. */
  <T extends RunAction> T only(Class<T> kind) {
    List<T> found = of(kind, last);
    assertEquals(1, found.size(), kind.getSimpleName() + " in " + last);
    return found.get(0);
  }

  <T extends RunAction> List<T> of(Class<T> kind, List<RunAction> actions) {
    return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  <T extends ProgressEvent> List<T> told(Class<T> kind) {
    return of(RunAction.Report.class, all).stream()
        .map(RunAction.Report::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** Numbers of the generations that were formed. */
  List<Long> formed() {
    return told(ProgressEvent.GenerationFormed.class).stream()
        .map(ProgressEvent.GenerationFormed::generation)
        .toList();
  }

  /** Numbers of the steps that were told of as committed, in order. */
  List<Long> committed() {
    return told(ProgressEvent.StepCommitted.class).stream().map(of -> of.report().step()).toList();
  }

  /** Names of trainers of which this was told, in order. */
  List<String> told(ProgressEvent.TrainerState what) {
    return told(ProgressEvent.TrainerChanged.class).stream()
        .filter(change -> change.state() == what)
        .map(ProgressEvent.TrainerChanged::trainer)
        .toList();
  }

  /** The limit that the members were told last. */
  long limit() {
    List<RunAction.Proceed> told = of(RunAction.Proceed.class, all);
    return told.get(told.size() - 1).limit();
  }

  /** The checkpoint that the members were told last. */
  CheckpointRequest request() {
    List<RunAction.Proceed> told = of(RunAction.Proceed.class, all);
    return told.get(told.size() - 1).checkpoint().orElseThrow();
  }

  RunReport report() {
    List<RunAction.End> ends = of(RunAction.End.class, all);
    assertEquals(1, ends.size());
    return ends.get(0).report();
  }
}
