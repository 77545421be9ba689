package io.hybnext.actors.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.health.VirtualRun.Member;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {
  private static final int OF_EACH_KIND = 10;

  /** A fault of a kind in a run of its own; what was said wrongly, or an empty text. */
  private static String inject(InjectedFault fault, long seed) {
    int members = 2 + (int) (seed % 4);
    double stepMs = 60 + 40 * (seed % 10);
    VirtualRun run = new VirtualRun(seed, members, stepMs);
    run.pass(40_000 + run.chance.nextInt(5_000));
    Member member = run.members.get(run.chance.nextInt(members));
    String name = fault + " " + seed + ": ";
    if (!run.verdicts.isEmpty()) {
      return name + "before it: " + run.verdicts;
    }
    fault.begin(run, member);
    run.pass(5_000 + (fault == InjectedFault.SLOW ? 3 * Math.round(stepMs * member.slower) : 0));
    if (run.verdicts.isEmpty()) {
      return name + "nothing was said";
    }
    for (Verdict said : run.verdicts) {
      if (said.cause() != fault.cause || !said.actor().equals(fault.actor(member))) {
        return name + "of " + member.name + " was said: " + said;
      }
    }
    fault.end(run, member);
    run.pass(20_000);
    Verdict last = run.verdicts.get(run.verdicts.size() - 1);
    boolean over = last.state() == HealthState.OK && last.cause() == fault.cause;
    return over && run.monitor.open().isEmpty() ? "" : name + "not over: " + run.verdicts;
  }

  @Test
  void shouldNameActorAndCauseOfInjectedFaultsWithinFiveSeconds() {
    List<String> wrong = new ArrayList<>();
    for (InjectedFault fault : InjectedFault.values()) {
      for (int seed = 1; seed <= OF_EACH_KIND; seed++) {
        String said = inject(fault, 100L * fault.ordinal() + seed);
        if (!said.isEmpty()) {
          wrong.add(said);
        }
      }
    }
    int faults = OF_EACH_KIND * InjectedFault.values().length;
    assertTrue(wrong.isEmpty(), wrong.size() + " of " + faults + ": " + wrong);
  }

  @Test
  void shouldSayNothingInCleanHours() {
    for (int seed = 1; seed <= 4; seed++) {
      VirtualRun run = new VirtualRun(seed, seed, 80 * Math.pow(3, seed - 1));
      run.pass(1_800_000);
      run.form("trainer-9 joined");
      run.pass(1_800_000);
      assertEquals(List.of(), run.verdicts, "steps of " + run.stepMs + " ms");
    }
  }

  @Test
  void shouldNotCallWhoWaitsForAProcessorSlow() {
    for (int seed = 1; seed <= 6; seed++) {
      VirtualRun run = new VirtualRun(seed, 3, 60 * seed);
      run.pass(40_000);
      for (int change = 0; change < 40; change++) { // others' programs come and go
        for (Member member : run.members) {
          member.busy = 0.15 + 0.65 * run.chance.nextDouble();
        }
        run.pass(7_000);
      }
      assertEquals(List.of(), run.verdicts, "steps of " + run.stepMs + " ms");
    }
  }

  @Test
  void shouldNotCallABusyMachineAStall() {
    VirtualRun run = new VirtualRun(11, 2, 200);
    run.pass(40_000);
    run.members.get(0).busy = 0.6;
    run.members.get(1).busy = 0.97; // steps of 5 s and more
    run.pass(8_000);
    assertEquals(List.of(), run.verdicts);
  }

  @Test
  void shouldSayThatOneOfSeveralMachinesIsBusy() {
    VirtualRun run = new VirtualRun(9, 3, 200);
    run.pass(40_000);
    run.members.get(1).busy = 0.75;
    run.pass(16_000);
    assertEquals(1, run.verdicts.size(), run.verdicts::toString);
    Verdict said = run.verdicts.get(0);
    assertEquals("trainer-1", said.actor());
    assertEquals(Cause.SLOW_MEMBER, said.cause());
    assertTrue(said.sentence().contains("its machine is busy"), said.sentence());
    assertTrue(said.sentence().contains("75 %"), said.sentence());
  }

  @Test
  void shouldStillNameASlowTrainerOnABusyMachine() {
    VirtualRun run = new VirtualRun(10, 3, 200);
    run.members.forEach(member -> member.busy = 0.4);
    run.pass(60_000);
    assertEquals(List.of(), run.verdicts);
    run.members.get(2).slower = 3.5;
    run.pass(16_000);
    assertEquals(1, run.verdicts.size(), run.verdicts::toString);
    assertEquals("trainer-2", run.verdicts.get(0).actor());
    assertTrue(!run.verdicts.get(0).sentence().contains("busy"), run.verdicts::toString);
  }

  @Test
  void shouldNotCallSlowWhatNoStepTakesLongerFor() {
    VirtualRun run = new VirtualRun(13, 3, 200);
    run.exchangeMs = 4_000; // the network is what steps wait for
    run.pass(90_000);
    run.members.get(0).slower = 2.6;
    run.pass(60_000);
    assertEquals(List.of(), run.verdicts);
  }

  @Test
  void shouldWaitForEveryTrainerBeforeItBlamesOne() {
    VirtualRun run = new VirtualRun(12, 2, 200);
    run.pass(40_000);
    run.members.forEach(member -> member.notFiniteStep = 1_000_000); // what each tells next
    run.notFinite(run.members.get(0));
    run.members.get(0).notFiniteStep = 1_000_000;
    run.pass(4_000);
    assertEquals(1, run.verdicts.size(), run.verdicts::toString);
    assertEquals("training", run.verdicts.get(0).actor());
  }

  @Test
  void shouldSayNothingBeforeAnythingWasTold() {
    HealthMonitor monitor = new HealthMonitor(10);
    long hours = 3_600_000_000_000L; // since the clock began, not the run
    assertEquals(List.of(), monitor.judge(14 * hours));
    VirtualRun run = new VirtualRun(7, 2, 200);
    assertEquals(List.of(), run.verdicts);
  }

  @Test
  void shouldNotCallAPauseAStall() {
    VirtualRun run = new VirtualRun(5, 2, 200);
    run.pass(30_000);
    run.tell(new ProgressEvent.Paused(100, "an operator asked for it"));
    run.members.forEach(m -> m.hangs = true);
    run.members.forEach(run::interrupt);
    run.pass(60_000);
    run.tell(new ProgressEvent.Continued());
    run.members.forEach(m -> m.hangs = false);
    run.resume();
    run.pass(60_000);
    assertEquals(List.of(), run.verdicts);
  }

  @Test
  void shouldNotCallALeavingTrainerDead() {
    VirtualRun run = new VirtualRun(6, 3, 200);
    run.pass(30_000);
    Member last = run.members.get(2);
    last.there = false;
    run.tell(new ProgressEvent.TrainerChanged(last.name, TrainerState.LEFT, "drained"));
    run.form(last.name + " left");
    run.pass(60_000);
    assertEquals(List.of(), run.verdicts);
  }

  @Test
  void shouldSayWhoIsDeadThoughTheOthersWentOnBeforeItWasKnown() {
    VirtualRun run = new VirtualRun(8, 3, 200);
    run.pass(30_000);
    Member last = run.members.get(2);
    last.there = false;
    run.form(last.name + " died");
    run.pass(2_000);
    run.tell(
        new ProgressEvent.TrainerChanged(last.name, TrainerState.LOST, "it cannot be reached"));
    run.pass(2_000);
    assertEquals(1, run.verdicts.size(), run.verdicts::toString);
    assertEquals(last.name, run.verdicts.get(0).actor());
    assertEquals(Cause.MEMBER_DEAD, run.verdicts.get(0).cause());
  }

  @Test
  void shouldSayThatALeaderIsGoneUntilStepsFollowAgain() {
    HealthMonitor next = new HealthMonitor(10);
    next.on(new HealthSignal.TookOver("process 7"), 0);
    List<Verdict> told = next.judge(1);
    assertEquals(List.of("coordinator"), told.stream().map(Verdict::actor).toList());
    assertEquals(Cause.MEMBER_DEAD, told.get(0).cause());
    StepReport step = new StepReport(7, 5, 0.2, 0, 512, 1, true, 1e-3, 1, 1, 1, 1, 0, List.of());
    next.on(
        new HealthSignal.Happened(
            new ProgressEvent.StepCommitted(step, 1_000_000, 1, 0.2, 1, List.of())),
        2_000_000_000L);
    List<Verdict> later = new ArrayList<>();
    for (long second = 3; second < 9; second++) {
      later.addAll(next.judge(second * 1_000_000_000L));
    }
    assertEquals(List.of(HealthState.OK), later.stream().map(Verdict::state).toList());
  }

  @Test
  void shouldSayThatALeaderWasLostThoughTheNextLedOnBeforeAnybodyLooked() {
    HealthMonitor next = new HealthMonitor(10);
    next.on(new HealthSignal.TookOver("process 7"), 0);
    StepReport step = new StepReport(7, 5, 0.2, 0, 512, 1, true, 1e-3, 1, 1, 1, 1, 0, List.of());
    HealthSignal done =
        new HealthSignal.Happened(
            new ProgressEvent.StepCommitted(step, 1_000_000, 1, 0.2, 1, List.of()));
    next.on(done, 100_000_000L);
    List<Verdict> told = new ArrayList<>(next.judge(500_000_000L));
    assertEquals(List.of("coordinator"), told.stream().map(Verdict::actor).toList());
    next.on(done, 600_000_000L);
    told.clear();
    for (long second = 1; second < 9; second++) {
      told.addAll(next.judge(second * 1_000_000_000L));
    }
    assertEquals(List.of(HealthState.OK), told.stream().map(Verdict::state).toList());
  }

  @Test
  void shouldSayOfTheStageThatHoldsUpTheOthers() {
    HealthMonitor monitor = new HealthMonitor(0);
    List<Verdict> said = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      long nowNs = 1_000_000_000L * second;
      int done = Math.min(second, 30);
      monitor.on(new HealthSignal.Stage("decode", 40L * done + (second > 30 ? 9 : 0), 5), nowNs);
      monitor.on(new HealthSignal.Stage("tokenise", 32L * done, 64), nowNs);
      monitor.on(new HealthSignal.Stage("encode", 32L * done, 0), nowNs);
      said.addAll(monitor.judge(nowNs));
    }
    assertEquals(1, said.size(), said::toString);
    assertEquals("tokenise", said.get(0).actor());
    assertEquals(Cause.STALL, said.get(0).cause());
  }
}
