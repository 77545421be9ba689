package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.fake.ExchangeHub;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.actors.fake.HubFactory;
import io.hybnext.actors.fake.ThreadLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunIdentity;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunReport.Outcome;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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
        events::add);
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
    Supplier<TrainStep> failing =
        () ->
            new FakeTrainStep() {
              @Override
              public Loss forwardBackward(Batch batch, GradientSink sink) {
                if (batch.step() == 13 && failed.compareAndSet(false, true)) {
                  throw new IllegalStateException("out of memory at step 13");
                }
                return super.forwardBackward(batch, sink);
              }
            };
    RunReport report = await(start(folder.resolve("failing"), 2, failing));
    assertEquals(Outcome.COMPLETED, report.outcome(), report.reason());
    assertEquals(1, report.restarts());
    assertEquals(2, report.generations());
    assertTrue(
        events.stream()
            .anyMatch(
                event ->
                    event instanceof ProgressEvent.GenerationBroken broken
                        && broken.reason().contains("out of memory at step 13")),
        events.toString());
    assertArrayEquals(undisturbed, FakeTrainStep.contents(Path.of(report.checkpoint())));
  }
}
