package io.hybnext.actors.run;

import static io.hybnext.actors.run.RunFixture.FIRST_GENERATION;
import static io.hybnext.actors.run.RunFixture.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.Generation;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** New items enter a run of two trainers. */
class WavesTest {
  private static final long G = FIRST_GENERATION;
  private static final SnapshotId GROWN =
      new SnapshotId("tok", "enc", List.of("train"), 2, 20, "hash");

  static final RunEvent.ItemsOffered OFFER =
      new RunEvent.ItemsOffered(GROWN, new Mixing(0.5, 10, 4, 0, 0.1));

  static Wave wave(long step) {
    return new Wave(step, OFFER.snapshot(), OFFER.mixing());
  }

  private static RunFixture running() {
    return new RunFixture(2, 1).running();
  }

  private static RunFixture entering() {
    RunFixture run = running();
    run.on(OFFER).only(RunAction.Hold.class);
    return run.held(0, G, 1).held(1, G, 2);
  }

  @Test
  void shouldLetNobodyPastTheStepOfAWaveBeforeItIsOnDisk() {
    RunFixture run = entering();
    assertEquals(wave(3), run.only(RunAction.NoteWave.class).wave());
    assertEquals(3, run.limit(), "the step before the wave's is done meanwhile");
    run.steps(G, 0, 3).after(1);
    assertEquals(3, run.limit());
    run.on(new RunEvent.WaveNoted(wave(3)));
    assertEquals(6, run.limit());
    assertEquals(
        List.of(new ProgressEvent.WaveEntered(3, 20, 2)),
        run.told(ProgressEvent.WaveEntered.class));
  }

  @Test
  void shouldGoOnWithoutAWaveThatTheDiskDidNotTake() {
    RunFixture run = entering().steps(G, 0, 3);
    run.on(new RunEvent.WaveRefused(wave(3), "the disk is full"));
    assertTrue(run.limit() > 3);
    assertEquals("the disk is full", run.told(ProgressEvent.WaveDelayed.class).get(0).reason());
    run.on(OFFER).only(RunAction.Hold.class);
  }

  @Test
  void shouldEnterOneWaveAfterTheOther() {
    RunFixture run = entering();
    assertEquals(List.of(), run.on(OFFER).last);
    run.on(new RunEvent.WaveNoted(wave(3))).on(OFFER).only(RunAction.Hold.class);
    assertEquals(List.of(), run.on(OFFER).last);
    run.steps(G, 0, 3).held(0, G, 3).held(1, G, 3);
    assertEquals(wave(4), run.only(RunAction.NoteWave.class).wave());
  }

  @Test
  void shouldKeepTheBoundInAGenerationThatFollowsMeanwhile() {
    RunFixture run = entering().lose(1, 1);
    run.ready(0, G + 1, 2);
    assertEquals(3, run.limit());
    run.report(0, G + 1, good(2));
    assertEquals(3, run.limit());
    run.on(new RunEvent.WaveNoted(wave(3)));
    assertEquals(6, run.limit());
  }

  @Test
  void shouldForgetAnOfferWhenMembersAreHeldForAnotherReason() {
    RunFixture run = running();
    run.on(OFFER).only(RunAction.Hold.class);
    run.on(new RunEvent.StopRequested("Ctrl-C")).held(0, G, 2).held(1, G, 2);
    assertTrue(run.of(RunAction.NoteWave.class, run.all).isEmpty());
    assertEquals(2, run.told(ProgressEvent.Stopping.class).get(0).step());
  }

  @Test
  void shouldForgetAnOfferWhenTheGenerationIsOver() {
    RunFixture run = running();
    run.on(OFFER).lose(1, 1).ready(0, G + 1, 0);
    assertTrue(run.of(RunAction.NoteWave.class, run.all).isEmpty());
    run.on(OFFER).held(0, G + 1, 1);
    assertEquals(wave(2), run.only(RunAction.NoteWave.class).wave());
  }

  @Test
  void shouldKeepACheckpointThatWasAskedForAhead() {
    RunFixture run = running().steps(G, 0, 6);
    assertEquals(8, run.request().step());
    run.on(OFFER).held(0, G, 6).held(1, G, 6).on(new RunEvent.WaveNoted(wave(7)));
    assertEquals(8, run.request().step());
    run.steps(G, 6, 8).checkpoint(G, 8, 0).steps(G, 8, 14);
    assertEquals(16, run.request().step());
  }

  @Test
  void shouldNoteHowFarMembersMayGetBeforeTheyHearOfIt() {
    RunFixture run = running();
    assertEquals(6, run.only(RunAction.NoteAllowed.class).steps(), "3 steps, and as many ahead");
    int noted = run.last.indexOf(run.only(RunAction.NoteAllowed.class));
    assertTrue(noted < run.last.indexOf(run.only(RunAction.Proceed.class)));
    run.steps(G, 0, 3);
    assertEquals(1, run.of(RunAction.NoteAllowed.class, run.all).size(), "not at every step");
    run.steps(G, 3, 4);
    assertEquals(2, run.of(RunAction.NoteAllowed.class, run.all).size());
  }

  @Test
  void shouldEnterBeyondWhatALostMemberMayHoldWhoeverLetItGetThere() {
    RunFixture run = takenOver(new RunPast(2, 9, 0, G - 2, Optional.empty()));
    run.ready(0, G, 0).ready(1, G, 0).on(OFFER).held(0, G, 1).held(1, G, 2);
    assertEquals(wave(9), run.only(RunAction.NoteWave.class).wave());
  }

  @Test
  void shouldEnterAtOnceWhereMembersKeptTheStateUnderAnotherCoordinator() {
    assertEquals(wave(11), enteringAdopted(new RunPast(8, 17, 0, G, Optional.empty())));
    assertEquals(wave(13), enteringAdopted(new RunPast(8, 17, 13, G, Optional.empty())));
    assertEquals(
        wave(17),
        enteringAdopted(new RunPast(8, 17, 0, G - 1, Optional.empty())),
        "who knows what was lost before this generation");
  }

  private static Wave enteringAdopted(RunPast past) {
    Generation theirs = new RunFixture(2, 1).preparing().announced();
    RunFixture run = RunFixture.takenOver(2, past).gathering();
    Optional<Position> in = Optional.of(new Position(theirs, true, 9));
    for (String name : List.of("trainer-0", "trainer-1")) {
      run.on(new RunEvent.TrainerJoined(name, 1, "here", "", in));
    }
    run.resolved(8).held(0, G, 10).held(1, G, 10);
    run.on(OFFER).held(0, G, 10).held(1, G, 10);
    return run.only(RunAction.NoteWave.class).wave();
  }

  private static RunFixture takenOver(RunPast past) {
    RunFixture run = RunFixture.takenOver(2, past).gathering();
    return run.join(0, 1).join(1, 1).resolved(0);
  }

  @Test
  void shouldTakeNoNewItemsWhenTheRunIsAboutToEnd() {
    RunFixture run = running().steps(G, 0, 8).checkpoint(G, 8, 0).steps(G, 8, 16);
    run.checkpoint(G, 16, 0).steps(G, 16, 19);
    assertFalse(run.on(OFFER).all.stream().anyMatch(RunAction.NoteWave.class::isInstance));
    assertEquals(List.of(), run.last);
  }
}
