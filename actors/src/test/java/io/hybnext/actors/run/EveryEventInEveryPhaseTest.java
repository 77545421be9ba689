package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java 17 does not check that a switch over events is complete: this does. */
class EveryEventInEveryPhaseTest {
  private static final long G = FIRST_GENERATION;

  private static final Map<Phase, Function<RunFixture, RunFixture>> PHASES =
      new EnumMap<>(
          Map.of(
              Phase.CREATED, run -> run,
              Phase.GATHERING, RunFixture::gathering,
              Phase.RESOLVING, RunFixture::resolving,
              Phase.PREPARING, RunFixture::preparing,
              Phase.RUNNING, RunFixture::running,
              Phase.LEAVING, RunFixture::leaving,
              Phase.ENDED, RunFixture::ended));

  private static List<RunEvent> events() {
    return List.of(
        new RunEvent.Begin(),
        new RunEvent.TrainerJoined("trainer-0", 1, "here"),
        new RunEvent.TrainerJoined("trainer-0", 2, "here"),
        new RunEvent.TrainerLost("trainer-0", 1, "killed"),
        new RunEvent.TrainerLost("stranger", 1, "killed"),
        new RunEvent.TrainerPaused("trainer-0", 1, "silent"),
        new RunEvent.TrainerPaused("stranger", 1, "silent"),
        new RunEvent.TrainerResumed("trainer-0", 1),
        ready("trainer-0", G, 0),
        new RunEvent.MemberBroken("trainer-0", G, "silent", List.of(), false),
        new RunEvent.MemberWaits("trainer-0", G, List.of("trainer-1"), 3_000),
        new RunEvent.MemberHeld("trainer-0", G, 1, 1),
        new RunEvent.StepReported("trainer-0", G, RunFixture.good(0)),
        new RunEvent.PartWritten("trainer-0", G, 8, 0, List.of(), 1),
        new RunEvent.PartFailed("trainer-0", G, 8, 0, "disk full"),
        new RunEvent.CheckpointResolved(0, "", List.of()),
        new RunEvent.CheckpointRefused("other data"),
        new RunEvent.ExchangeReady(2),
        new RunEvent.ExchangeRefused("no shared memory"),
        new RunEvent.ExchangeLost("driver gone"),
        new RunEvent.CheckpointPublished(8, "/run/step-8", 1),
        new RunEvent.PublishFailed(8, 0, "disk full"),
        WavesTest.OFFER,
        new RunEvent.WaveNoted(WavesTest.wave(1)),
        new RunEvent.WaveRefused(WavesTest.wave(1), "disk full"),
        new RunEvent.TrainersPresent(1),
        new RunEvent.TrainerLeaving("trainer-0", 1, "asked to leave"),
        new RunEvent.TrainerLeaving("stranger", 1, "asked to leave"),
        new RunEvent.Ordered(1, new RunOrder.Pause("maintenance")),
        new RunEvent.Ordered(2, new RunOrder.Resume()),
        new RunEvent.Ordered(3, new RunOrder.Drain("trainer-0")),
        new RunEvent.Ordered(4, new RunOrder.Checkpoint()),
        new RunEvent.Ordered(5, new RunOrder.Recall("trainer-0")),
        new RunEvent.StopRequested("Ctrl-C"),
        new RunEvent.Tick());
  }

  private static RunEvent ready(String trainer, long generation, long step) {
    PrepareTimes times = new PrepareTimes(1, 1, false);
    return new RunEvent.MemberReady(trainer, generation, step, List.of(), times);
  }

  /** The phase that an event leads to, where it is not the one before. Two trainers, one needed. */
  private static Map<String, Phase> changes() {
    Map<String, Phase> changes = new LinkedHashMap<>();
    changes.put("CREATED Begin", Phase.GATHERING);
    changes.put("CREATED StopRequested", Phase.ENDED);
    changes.put("GATHERING StopRequested", Phase.LEAVING);
    changes.put("RESOLVING TrainerLost trainer-0", Phase.GATHERING);
    changes.put("RESOLVING CheckpointResolved", Phase.PREPARING);
    changes.put("RESOLVING CheckpointRefused", Phase.LEAVING);
    changes.put("RESOLVING ExchangeRefused", Phase.LEAVING);
    changes.put("RESOLVING StopRequested", Phase.LEAVING);
    changes.put("PREPARING TrainerLost trainer-0", Phase.GATHERING);
    changes.put("PREPARING TrainerPaused trainer-0", Phase.GATHERING);
    changes.put("PREPARING MemberBroken", Phase.RESOLVING);
    changes.put("PREPARING ExchangeLost", Phase.RESOLVING);
    changes.put("PREPARING StopRequested", Phase.LEAVING);
    changes.put("RUNNING TrainerLost trainer-0", Phase.PREPARING);
    changes.put("RUNNING TrainerPaused trainer-0", Phase.PREPARING);
    changes.put("RUNNING MemberBroken", Phase.PREPARING);
    changes.put("RUNNING ExchangeLost", Phase.RESOLVING);
    return changes;
  }

  static Stream<Phase> phases() {
    return Stream.of(Phase.values());
  }

  @ParameterizedTest
  @MethodSource("phases")
  void shouldTakeEveryEvent(Phase phase) {
    for (RunEvent event : events()) {
      RunFixture run = PHASES.get(phase).apply(new RunFixture(2, 1));
      assertEquals(phase, run.state.phase());
      run.on(event);
      String kind = phase + " " + event.getClass().getSimpleName();
      String named = kind;
      if (event instanceof RunEvent.TrainerLost lost) {
        named = kind + " " + lost.trainer();
      } else if (event instanceof RunEvent.TrainerPaused paused) {
        named = kind + " " + paused.trainer();
      }
      assertEquals(changes().getOrDefault(named, phase), run.state.phase(), named);
      if (phase == Phase.ENDED) {
        assertEquals(List.of(), run.last, named);
      }
    }
  }

  @Test
  void shouldKnowEveryKindOfEvent() {
    assertEquals(
        Stream.of(RunEvent.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .sorted()
            .toList(),
        events().stream()
            .map(event -> event.getClass().getSimpleName())
            .distinct()
            .sorted()
            .toList());
  }

  /**
   * Whatever comes in whatever order: limits only rise but after a hold, every step is committed
   * once and in order unless it is said to be lost, generations follow each other, it ends once.
   */
  @Test
  void shouldKeepItsPromisesUnderRandomEvents() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      RunFixture run = new RunFixture(2, 1).gathering();
      for (int i = 0; i < 400; i++) {
        run.nowNs += random.nextInt(3) * RunFixture.SECOND;
        run.on(randomEvent(random));
        if (random.nextInt(6) == 0) {
          run.of(RunAction.NoteWave.class, run.all).stream()
              .reduce((before, last) -> last)
              .ifPresent(last -> run.on(new RunEvent.WaveNoted(last.wave())));
        }
      }
      check(run, seed);
    }
  }

  private static void check(RunFixture run, long seed) {
    long generation = Long.MIN_VALUE;
    long limit = 0;
    boolean over = false;
    long committed = 0;
    long noting = Long.MAX_VALUE; // no member may go past this
    for (RunAction action : run.all) {
      assertTrue(
          !over || action instanceof RunAction.Answer,
          "seed " + seed + ": " + action + " after the end");
      if (action instanceof RunAction.Announce announce) {
        assertTrue(announce.generation().number() >= generation, "seed " + seed);
        limit = announce.generation().number() > generation ? 0 : limit;
        generation = announce.generation().number();
      } else if (action instanceof RunAction.Proceed proceed) {
        assertEquals(generation, proceed.generation().number(), "seed " + seed);
        assertTrue(proceed.limit() >= limit && proceed.limit() <= 20, "seed " + seed);
        assertTrue(proceed.limit() <= noting, "seed " + seed);
        limit = proceed.limit();
      } else if (action instanceof RunAction.NoteWave note) {
        assertTrue(limit < note.wave().step(), "seed " + seed);
        noting = note.wave().step();
      } else if (action instanceof RunAction.Hold) {
        limit = 0;
      } else if (action instanceof RunAction.Report report) {
        committed = count(report.event(), committed, seed);
        boolean answered = report.event() instanceof ProgressEvent.WaveEntered;
        noting = answered ? Long.MAX_VALUE : noting;
      } else if (action instanceof RunAction.End) {
        over = true;
      }
    }
    assertEquals(over, run.state.phase() == Phase.ENDED, "seed " + seed);
  }

  /** Number of steps that are committed after an event; a step nobody told of may be left out. */
  private static long count(ProgressEvent event, long committed, long seed) {
    if (event instanceof ProgressEvent.RolledBack back) {
      assertTrue(back.to() < back.from() && back.from() >= committed, "seed " + seed);
      return back.to();
    }
    if (event instanceof ProgressEvent.StepCommitted step) {
      assertTrue(step.report().step() >= committed, "seed " + seed + ": " + step);
      return step.report().step() + 1;
    }
    return committed;
  }

  private static RunOrder randomOrder(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> new RunOrder.Pause("maintenance");
      case 1 -> new RunOrder.Drain(RunFixture.name(random.nextInt(2)));
      case 2 -> new RunOrder.Checkpoint();
      case 3 -> new RunOrder.Recall(RunFixture.name(random.nextInt(2)));
      default -> new RunOrder.Resume();
    };
  }

  private static RunEvent randomEvent(Random random) {
    String trainer = RunFixture.name(random.nextInt(2));
    long generation = G + random.nextInt(3);
    long incarnation = 1L + random.nextInt(3);
    List<Supplier<RunEvent>> kinds =
        List.of(
            () -> new RunEvent.TrainerJoined(trainer, incarnation, "here"),
            () -> new RunEvent.TrainerJoined(trainer, incarnation, "here"),
            () -> new RunEvent.CheckpointResolved(0, "", List.of()),
            () -> ready(trainer, generation, 0),
            () -> ready(trainer, generation, random.nextInt(3)),
            () ->
                new RunEvent.MemberHeld(trainer, generation, random.nextInt(3), random.nextInt(20)),
            () -> new RunEvent.ExchangeReady(2),
            () -> WavesTest.OFFER,
            () -> new RunEvent.TrainerPaused(trainer, incarnation, "silent"),
            () -> new RunEvent.TrainerResumed(trainer, incarnation),
            () ->
                new RunEvent.StepReported(trainer, generation, RunFixture.good(random.nextInt(20))),
            () ->
                new RunEvent.StepReported(trainer, generation, RunFixture.good(random.nextInt(20))),
            () -> new RunEvent.PartWritten(trainer, generation, 8, 0, List.of(), 1),
            () -> new RunEvent.PublishFailed(8, 0, "disk full"),
            () -> new RunEvent.CheckpointPublished(8, "/run/step-8", 1),
            RunEvent.Tick::new,
            () -> new RunEvent.Ordered(random.nextInt(100), randomOrder(random)),
            () -> new RunEvent.TrainerLeaving(trainer, incarnation, "asked to leave"),
            () ->
                random.nextInt(8) > 0
                    ? new RunEvent.Tick()
                    : new RunEvent.TrainerLost(trainer, incarnation, "killed"),
            () ->
                random.nextInt(40) > 0
                    ? new RunEvent.Tick()
                    : new RunEvent.StopRequested("Ctrl-C"));
    return kinds.get(random.nextInt(kinds.size())).get();
  }
}
