package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.fake.ExchangeHub;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.actors.fake.HubFactory;
import io.hybnext.actors.fake.ThreadLauncher;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunReport.Outcome;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Coordinator and trainers as actor systems of one JVM, with plain Java maths and exchange. */
@Timeout(240)
class InProcessRunTest {
  private static final int MICROSHARDS = 4;
  private static final long STEPS = 20;

  @TempDir Path folder;

  private final List<ProgressEvent> events = Collections.synchronizedList(new ArrayList<>());

  private Consumer<ProgressEvent> onEvent = event -> {};

  private static RunSettings settings(Path checkpoints, int trainers) {
    return new RunSettings(
        new RunIdentity("run", "settings", "data", "test"),
        new RunPlan(
            trainers, 1, MICROSHARDS, STEPS, 8, 2, checkpoints.toString(), "", "in-process"),
        RunLimits.DEFAULTS);
  }

  private TrainingRun start(Path run, int trainers, Supplier<TrainStep> maths) throws Exception {
    ExchangeHub hub = new ExchangeHub();
    List<String> names = IntStream.range(0, trainers).mapToObj(i -> "trainer-" + i).toList();
    ThreadLauncher launcher =
        new ThreadLauncher(names, name -> new HubFactory(hub, maths, MICROSHARDS));
    return TrainingRun.start(
        new TrainingRunSettings(
            settings(run.resolve("checkpoints"), trainers),
            Endpoint.loopback(),
            run.resolve("run.jsonl"),
            5),
        launcher,
        event -> {
          events.add(event);
          onEvent.accept(event);
        });
  }

  private static RunReport await(TrainingRun run) throws Exception {
    return run.result().toCompletableFuture().get(200, TimeUnit.SECONDS);
  }

  private byte[] undisturbed() throws Exception {
    RunReport report = await(start(folder.resolve("undisturbed"), 1, FakeTrainStep::new));
    assertEquals(Outcome.COMPLETED, report.outcome(), report.reason());
    return FakeTrainStep.contents(Path.of(report.checkpoint()));
  }

  @Test
  void shouldEndWithTheSameBytesOnOneTwoAndThreeTrainers() throws Exception {
    byte[] one = undisturbed();
    for (int trainers = 2; trainers <= 3; trainers++) {
      RunReport report = await(start(folder.resolve("n" + trainers), trainers, FakeTrainStep::new));
      assertEquals(Outcome.COMPLETED, report.outcome(), report.reason());
      assertEquals(STEPS, report.step());
      assertArrayEquals(one, FakeTrainStep.contents(Path.of(report.checkpoint())));
    }
  }

  @Test
  void shouldGoOnWithTheSameBytesAfterATrainerFailed() throws Exception {
    byte[] undisturbed = undisturbed();
    AtomicBoolean failed = new AtomicBoolean();
    CountDownLatch opened = new CountDownLatch(3); // two, and one of them again
    Supplier<TrainStep> failing =
        () -> {
          opened.countDown();
          return new FakeTrainStep() {
            @Override
            public Loss forwardBackward(Batch batch, GradientSink sink) {
              if (batch.step() == 13 && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("out of memory at step 13");
              }
              if (batch.step() > 14) {
                await(opened); // however slow the news of it are
              }
              return super.forwardBackward(batch, sink);
            }
          };
        };
    RunReport report = await(start(folder.resolve("failing"), 2, failing));
    assertEquals(Outcome.COMPLETED, report.outcome(), report.reason());
    assertEquals(1, report.restarts());
    assertTrue(report.generations() >= 2, report.toString());
    assertTrue(
        events.stream()
            .anyMatch(
                event ->
                    event instanceof ProgressEvent.TrainerChanged changed
                        && changed.state() == ProgressEvent.TrainerState.LOST
                        && changed.detail().contains("out of memory at step 13")),
        events.toString());
    assertArrayEquals(undisturbed, FakeTrainStep.contents(Path.of(report.checkpoint())));
    assertEquals(
        LongStream.range(0, STEPS).boxed().toList(),
        events.stream()
            .filter(ProgressEvent.StepCommitted.class::isInstance)
            .map(event -> ((ProgressEvent.StepCommitted) event).report().step())
            .skip(STEPS) // of the undisturbed run
            .toList());
  }

  /**
   * Goes no further than this step before it was asked to stop, and then so slowly that the order
   * to hold overtakes the end of the run by seconds.
   */
  private static Supplier<TrainStep> waitingAt(long step, CountDownLatch asked) {
    return () ->
        new FakeTrainStep() {
          @Override
          public Loss forwardBackward(Batch batch, GradientSink sink) {
            if (batch.step() >= step) {
              await(asked);
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
            }
            return super.forwardBackward(batch, sink);
          }
        };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldStopAtAnAgreedStepAndGoOnFromItWithTheSameBytes() throws Exception {
    byte[] undisturbed = undisturbed();
    CompletableFuture<TrainingRun> started = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    onEvent =
        event -> {
          if (event instanceof ProgressEvent.StepCommitted && asked.getCount() > 0) {
            started.join().requestStop("asked to stop");
            asked.countDown();
          }
        };
    TrainingRun run = start(folder.resolve("stopped"), 2, waitingAt(2, asked));
    started.complete(run);
    RunReport stopped = await(run);
    assertEquals(Outcome.STOPPED, stopped.outcome(), stopped.reason());
    assertEquals("asked to stop", stopped.reason());
    assertTrue(stopped.step() > 0 && stopped.step() < STEPS, stopped.toString());
    assertTrue(stopped.checkpoint().endsWith(CheckpointFolder.name(stopped.step())));

    RunReport report = await(start(folder.resolve("stopped"), 3, FakeTrainStep::new));
    assertEquals(Outcome.COMPLETED, report.outcome(), report.reason());
    assertArrayEquals(undisturbed, FakeTrainStep.contents(Path.of(report.checkpoint())));
    List<Long> generations =
        RunJournal.read(folder.resolve("stopped/run.jsonl")).stream()
            .filter(line -> line.get("kind").asText().equals("generation-formed"))
            .map(line -> line.get("generation").asLong())
            .toList();
    assertEquals(1, generations.get(0));
    assertEquals(generations.stream().distinct().sorted().toList(), generations, "never again");
  }

  @Test
  void shouldCountStepsThatAreNotFiniteAndStopAfterTooManyInARow() throws Exception {
    Supplier<TrainStep> diverging =
        () ->
            new FakeTrainStep() {
              @Override
              public Loss forwardBackward(Batch batch, GradientSink sink) {
                Loss loss = super.forwardBackward(batch, sink);
                boolean bad = batch.step() == 2 || batch.step() >= 5;
                return bad ? new Loss(Double.NaN, 0, 0, loss.tokens()) : loss;
              }
            };
    RunReport report = await(start(folder.resolve("diverging"), 2, diverging));
    assertEquals(Outcome.FAILED, report.outcome());
    assertTrue(report.reason().contains("10 steps in a row"), report.reason());
    ProgressEvent.StepNotApplied first =
        events.stream()
            .filter(ProgressEvent.StepNotApplied.class::isInstance)
            .map(ProgressEvent.StepNotApplied.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(2, first.step());
    assertEquals(List.of(16L, 17L, 18L, 19L, 20L, 21L, 22L, 23L), first.items());
  }

  @Test
  void shouldSayThatThePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Endpoint endpoint = new Endpoint("127.0.0.1", taken.getLocalPort());
      TrainingRunSettings settings =
          new TrainingRunSettings(settings(folder, 1), endpoint, folder.resolve("run.jsonl"), 5);
      ClusterException error =
          assertThrows(
              ClusterException.class,
              () -> TrainingRun.start(settings, TrainerLauncher.none(), event -> {}));
      assertTrue(
          error.getMessage().startsWith("the cluster cannot listen at " + endpoint),
          error.getMessage());
    }
  }
}
