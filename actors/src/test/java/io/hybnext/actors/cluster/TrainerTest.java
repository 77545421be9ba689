package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.fake.ExchangeHub;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.actors.fake.HubFactory;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One trainer actor with its loop; the test plays the coordinator. */
@Timeout(120)
class TrainerTest {
  private static final int MICROSHARDS = 2;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final ActorTestKit kit = ActorTestKit.create();
  private final CompletableFuture<String> result = new CompletableFuture<>();
  private Duration patience = LIMIT;
  private TestProbe<CoordinatorMessage> coordinator;
  private ActorRef<Trainer.Command> trainer;

  @BeforeEach
  void register() {
    coordinator = kit.createTestProbe(CoordinatorMessage.class);
    kit.system().receptionist().tell(Receptionist.register(Coordinator.KEY, coordinator.getRef()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private void spawn(Supplier<TrainStep> maths) {
    trainer =
        kit.spawn(
            Trainer.create(
                new Trainer.Self("trainer-0", 1, "here", ""),
                new HubFactory(new ExchangeHub(), maths, MICROSHARDS),
                patience,
                result));
    expect(CoordinatorMessage.Here.class);
  }

  /** Waits for a message of this kind; repeats of others may come before. */
  private <T extends CoordinatorMessage> T expect(Class<T> kind) {
    return coordinator
        .fishForMessage(
            LIMIT,
            message ->
                kind.isInstance(message)
                    ? FishingOutcomes.complete()
                    : FishingOutcomes.continueAndIgnore())
        .stream()
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Generation generation(long number, long startStep, String checkpoint) {
    Member member = new Member("trainer-0", 1, 0, new MicroshardRange(0, MICROSHARDS));
    return new Generation("run", number, List.of(member), startStep, checkpoint, "", "hub");
  }

  private static Done stepOf(CoordinatorMessage.StepDone done) {
    return new Done(done.generation(), done.report().step());
  }

  private record Done(long generation, long step) {}

  @Test
  void shouldPrepareRunUpToTheLimitAndWriteItsPart() throws Exception {
    spawn(FakeTrainStep::new);
    trainer.tell(new TrainerMessage.Announce(generation(1, 0, "")));
    assertEquals(1, expect(CoordinatorMessage.Ready.class).generation());
    Path partial = folder.resolve(".partial");
    CheckpointRequest request = new CheckpointRequest(2, 0, partial.toString());
    trainer.tell(new TrainerMessage.Proceed(1, 0, 2, Optional.of(request), 0));
    assertEquals(new Done(1, 0), stepOf(expect(CoordinatorMessage.StepDone.class)));
    CoordinatorMessage.PartWritten part = expect(CoordinatorMessage.PartWritten.class);
    assertEquals(2, part.step());
    assertTrue(part.captureNs() > 0, "how long its steps were held up");
    assertEquals(
        List.of("part-0-of-1.bin"), part.files().stream().map(CheckpointFile::name).toList());

    // What it holds it keeps: another generation goes on where this one ended.
    trainer.tell(new TrainerMessage.Proceed(1, 0, 3, Optional.empty(), 0));
    CoordinatorMessage.StepDone third = thirdStep();
    trainer.tell(new TrainerMessage.Announce(generation(2, 2, partial.toString())));
    assertEquals(3, expectReady(2).step());

    // A second life from that part: both must agree on the next step.
    trainer.tell(new TrainerMessage.Leave("", false));
    coordinator.expectTerminated(trainer, LIMIT);
    spawn(FakeTrainStep::new);
    trainer.tell(new TrainerMessage.Announce(generation(3, 2, partial.toString())));
    assertEquals(2, expectReady(3).step());
    trainer.tell(new TrainerMessage.Proceed(3, 0, 3, Optional.empty(), 0));
    CoordinatorMessage.StepDone again = thirdStep();
    while (again.generation() != 3) {
      again = thirdStep();
    }
    assertEquals(third.report().nll(), again.report().nll());
  }

  private CoordinatorMessage.StepDone thirdStep() {
    CoordinatorMessage.StepDone done = expect(CoordinatorMessage.StepDone.class);
    while (done.report().step() != 2) {
      done = expect(CoordinatorMessage.StepDone.class);
    }
    return done;
  }

  private CoordinatorMessage.Ready expectReady(long generation) {
    CoordinatorMessage.Ready ready = expect(CoordinatorMessage.Ready.class);
    while (ready.generation() != generation) {
      ready = expect(CoordinatorMessage.Ready.class);
    }
    return ready;
  }

  @Test
  void shouldTellThatAPartCannotBeWrittenAndGoOn() throws Exception {
    spawn(FakeTrainStep::new);
    trainer.tell(new TrainerMessage.Announce(generation(1, 0, "")));
    expect(CoordinatorMessage.Ready.class);
    Path taken = Files.writeString(folder.resolve("taken"), "a file");
    CheckpointRequest request = new CheckpointRequest(1, 0, taken.resolve("x").toString());
    trainer.tell(new TrainerMessage.Proceed(1, 0, 3, Optional.of(request), 0));
    CoordinatorMessage.PartFailed failed = expect(CoordinatorMessage.PartFailed.class);
    assertTrue(failed.reason().startsWith("cannot write "), failed.reason());
    assertEquals(2, thirdStep().report().step());
  }

  @Test
  void shouldTellThatACheckpointCannotBeRestored() {
    spawn(FakeTrainStep::new);
    trainer.tell(new TrainerMessage.Announce(generation(1, 5, folder.toString())));
    assertTrue(expect(CoordinatorMessage.Broken.class).reason().contains("has 0 of"));
  }

  @Test
  void shouldLeaveWhenToldTo() throws Exception {
    spawn(FakeTrainStep::new);
    trainer.tell(new TrainerMessage.Leave("", false));
    assertEquals("", result.get(60, TimeUnit.SECONDS));
    assertEquals("", expect(CoordinatorMessage.Ending.class).defect());
    coordinator.expectTerminated(trainer, LIMIT);
  }

  @Test
  void shouldEndWithTheReasonOfADefect() throws Exception {
    spawn(
        () ->
            new FakeTrainStep() {
              @Override
              public Loss forwardBackward(Batch batch, GradientSink sink) {
                throw new IllegalStateException("the GPU is on fire");
              }
            });
    trainer.tell(new TrainerMessage.Announce(generation(1, 0, "")));
    expect(CoordinatorMessage.Ready.class);
    trainer.tell(new TrainerMessage.Proceed(1, 0, 2, Optional.empty(), 0));
    assertEquals("the GPU is on fire", expect(CoordinatorMessage.Ending.class).defect());
    assertEquals("the GPU is on fire", result.get(60, TimeUnit.SECONDS));
  }

  @Test
  void shouldLeaveWhenTheCoordinatorIsGoneAndNoOtherComes() throws Exception {
    patience = Duration.ofMillis(500);
    spawn(FakeTrainStep::new);
    coordinator.stop();
    assertTrue(result.get(60, TimeUnit.SECONDS).contains("lost the coordinator"));
  }

  @Test
  void shouldGoOnToItsLimitAloneAndTellTheNextCoordinatorOfIt() throws Exception {
    spawn(FakeTrainStep::new);
    trainer.tell(new TrainerMessage.Announce(generation(4, 0, "")));
    expect(CoordinatorMessage.Ready.class);
    trainer.tell(new TrainerMessage.Proceed(4, 0, 2, Optional.empty(), 0));
    expect(CoordinatorMessage.StepDone.class);
    TestProbe<CoordinatorMessage> first = coordinator;
    register();
    first.stop();
    CoordinatorMessage.Here here = expect(CoordinatorMessage.Here.class);
    while (here.in().isEmpty()) {
      here = expect(CoordinatorMessage.Here.class);
    }
    assertEquals(4, here.in().orElseThrow().generation().number());
    assertEquals(new Done(4, 0), stepOf(expect(CoordinatorMessage.StepDone.class)));
    assertEquals(1, stepOf(expect(CoordinatorMessage.StepDone.class)).step());
  }
}
