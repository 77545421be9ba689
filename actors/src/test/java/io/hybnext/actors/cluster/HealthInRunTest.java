package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.fake.ExchangeHub;
import io.hybnext.actors.fake.FakeBatches;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.actors.fake.ThreadLauncher;
import io.hybnext.actors.health.Cause;
import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.StatusFile;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.trainer.TrainerFactory;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.BatchSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose trainers have troubles on purpose tells of them, and of nothing else. */
@Timeout(240)
class HealthInRunTest {
  private static final int MICROSHARDS = 4;
  private static final long STEPS = 20;

  @TempDir Path folder;

  private final CompletableFuture<ProgressEvent.Health> starved = new CompletableFuture<>();
  private final CompletableFuture<ProgressEvent.Health> notFinite = new CompletableFuture<>();
  private final CompletableFuture<Optional<RunSnapshot>> seen = new CompletableFuture<>();

  private void hear(ProgressEvent event) {
    if (event instanceof ProgressEvent.Health health && health.state() != HealthState.OK) {
      if (health.cause().equals(Cause.STARVED.word())) {
        starved.complete(health);
      } else if (health.cause().equals(Cause.NOT_FINITE.word())) {
        notFinite.complete(health);
      }
    }
  }

  /** Maths of which step 6 is not a number. */
  private static final class Overflowing extends FakeTrainStep {
    @Override
    public Loss forwardBackward(Batch batch, GradientSink sink) {
      if (batch.step() != 6) {
        return super.forwardBackward(batch, sink);
      }
      Loss loss =
          super.forwardBackward(
              batch,
              (bucket, gradient) -> {
                UnsafeBuffer overflown = new UnsafeBuffer(new byte[gradient.capacity()]);
                overflown.putBytes(0, gradient, 0, gradient.capacity());
                overflown.putFloat(0, Float.NaN);
                sink.accept(bucket, overflown);
              });
      return new Loss(Double.NaN, loss.gva(), loss.zLoss(), loss.tokens());
    }
  }

  /** Step 9 comes when it was told that somebody waits for it, and that step 6 was no number. */
  private final class Late implements BatchSource {
    private final BatchSource batches = new FakeBatches(MICROSHARDS);

    @Override
    public long size() {
      return batches.size();
    }

    @Override
    public CompletionStage<Batch> batch(long step, int microshard) {
      CompletionStage<Batch> batch = batches.batch(step, microshard);
      return step == 9
          ? CompletableFuture.allOf(starved, notFinite, seen).thenCompose(told -> batch)
          : batch;
    }

    @Override
    public void close() {
      batches.close();
    }
  }

  private TrainerFactory factory(ExchangeHub hub, boolean troubled) {
    return new TrainerFactory() {
      @Override
      public TrainStep openTrainStep() {
        return troubled ? new Overflowing() : new FakeTrainStep();
      }

      @Override
      public BatchSource openBatches() {
        return troubled ? new Late() : new FakeBatches(MICROSHARDS);
      }

      @Override
      public StepExchange openExchange(Generation of, String trainer, BucketLayout layout) {
        return hub.open(of, trainer, layout);
      }
    };
  }

  @Test
  void shouldNameWhoWaitsForDataAndWhatIsNotANumber() throws Exception {
    ExchangeHub hub = new ExchangeHub();
    RunPlan plan =
        new RunPlan(2, 1, MICROSHARDS, STEPS, 8, 2, folder.resolve("c").toString(), "", "hub");
    RunSettings settings =
        new RunSettings(
            new RunIdentity("run", "settings", "data", "test"), plan, RunLimits.DEFAULTS);
    TrainingRun run =
        TrainingRun.start(
            new TrainingRunSettings(settings, Endpoint.loopback(), folder.resolve("run.jsonl"), 5),
            new ThreadLauncher(
                List.of("trainer-0", "trainer-1"), name -> factory(hub, name.equals("trainer-1"))),
            this::hear);
    ProgressEvent.Health waiting = starved.get(200, TimeUnit.SECONDS);
    assertEquals("trainer-1", waiting.actor());
    assertTrue(waiting.sentence().contains("a batch of step 9"), waiting.sentence());
    notFinite.get(200, TimeUnit.SECONDS);
    seen.complete(StatusFile.read(folder));
    RunReport report = run.result().toCompletableFuture().get(200, TimeUnit.SECONDS);
    assertEquals(RunReport.Outcome.COMPLETED, report.outcome(), report.reason());
    checkStatus(seen.join().orElseThrow());
    for (JsonNode line : RunJournal.read(folder.resolve("run.jsonl"))) {
      if (line.get("kind").asText().equals("health")) {
        String cause = line.get("cause").asText();
        assertTrue(List.of("starved", "not-finite").contains(cause), line::toString);
      }
    }
  }

  private static void checkStatus(RunSnapshot status) {
    assertEquals(9, status.progress().step());
    assertEquals(STEPS, status.steps());
    assertEquals(
        List.of("trainer-0", "trainer-1"),
        status.members().stream().map(RunSnapshot.Member::trainer).sorted().toList());
  }
}
