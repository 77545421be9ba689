package io.hybnext.actors.run;

import io.hybnext.actors.run.ProgressEvent.TrainerState;
import java.util.ArrayList;
import java.util.List;

/**
 * Who of the trainers is there: they join, are lost, fall silent, are heard again, and tell of each
 * other that they cannot be reached. What follows from it for the run is {@link RunCourse}'s.
 */
final class Attendance {
  private final RunCourse course;
  private final Roster roster;
  private final StepLedger steps;
  private final Succession succession;
  private final Suspects suspects = new Suspects();
  private final Waits waits = new Waits();
  private final Leavers leavers;

  Attendance(
      RunCourse course, Roster roster, StepLedger steps, Succession succession, Leavers leavers) {
    this.leavers = leavers;
    this.course = course;
    this.roster = roster;
    this.steps = steps;
    this.succession = succession;
  }

  void onJoined(RunEvent.TrainerJoined joined, long nowNs, List<RunAction> out) {
    String trainer = joined.trainer();
    long incarnation = joined.incarnation();
    if (course.isEnding() && roster.isThere(trainer, incarnation)) {
      out.add(new RunAction.DismissAll("")); // it was told, and did not hear of it
      return;
    }
    if (refusal(joined).isEmpty() && roster.replaces(trainer, incarnation)) {
      String reason = trainer + " was started again";
      onLost(new RunEvent.TrainerLost(trainer, roster.incarnation(trainer), reason), nowNs, out);
    }
    String refusal = refusal(joined);
    if (!refusal.isEmpty()) {
      out.add(new RunAction.RefuseTrainer(trainer, incarnation, refusal));
      return;
    }
    boolean isNew = roster.join(trainer, incarnation, joined.host(), nowNs);
    joined.in().ifPresent(in -> succession.recover(trainer, in));
    if (isNew) {
      steps.pace().forget(trainer);
      tell(trainer, TrainerState.JOINED, joined.place(), out);
      course.tryForm(nowNs, out);
      course.takeIn(nowNs, out);
    } else if (suspects.release(trainer, incarnation, nowNs)) {
      takeBack(trainer, incarnation, nowNs, out);
    }
  }

  /** Why a process cannot take part; empty when it can. */
  private String refusal(RunEvent.TrainerJoined joined) {
    if (course.isEnding()) {
      return "the run is ending";
    }
    return roster.accepts(joined.trainer(), joined.incarnation())
        ? ""
        : "the run has another process named " + joined.trainer();
  }

  void onLost(RunEvent.TrainerLost lost, long nowNs, List<RunAction> out) {
    String trainer = lost.trainer();
    boolean member =
        course.isUnderWay()
            && course.current().isMember(trainer)
            && roster.isThere(trainer, lost.incarnation())
            && course.current().generation().member(trainer).incarnation() == lost.incarnation();
    boolean inOrder = leavers.isDismissed(trainer, lost.incarnation());
    boolean ending = course.isEnding(); // all were told to leave: nobody is missed
    if (roster.lose(trainer, lost.incarnation())) {
      TrainerState state = inOrder || ending ? TrainerState.LEFT : TrainerState.LOST;
      String why = inOrder ? leavers.reason(trainer) : ending ? "the run ends" : lost.reason();
      tell(trainer, state, why, out);
      course.onLost(member, lost, nowNs, out);
    }
  }

  void onPaused(RunEvent.TrainerPaused paused, long nowNs, List<RunAction> out) {
    String trainer = paused.trainer();
    if (!course.isEnding() && roster.pause(trainer, paused.incarnation())) {
      course.leaveBehind(List.of(trainer), paused.reason(), nowNs, out);
      tell(trainer, TrainerState.PAUSED, paused.reason(), out);
    }
  }

  void onResumed(RunEvent.TrainerResumed resumed, long nowNs, List<RunAction> out) {
    String trainer = resumed.trainer();
    if (suspects.isFree(trainer, resumed.incarnation(), nowNs)) {
      takeBack(trainer, resumed.incarnation(), nowNs, out);
    }
  }

  private void takeBack(String trainer, long incarnation, long nowNs, List<RunAction> out) {
    if (roster.resume(trainer, incarnation) && !course.isEnding()) {
      tell(trainer, TrainerState.RESUMED, "", out);
      course.tryForm(nowNs, out);
      course.takeIn(nowNs, out);
    }
  }

  /** A member cannot go on: alone, or because of others that the next generation does without. */
  void onBroken(RunEvent.MemberBroken event, long nowNs, List<RunAction> out) {
    if (!course.isMember(event.trainer(), event.generation())
        || !roster.isAble(event.trainer(), roster.incarnation(event.trainer()))) {
      return;
    }
    String reason = event.trainer() + ": " + event.reason();
    if (!suspect(event.lost(), reason, nowNs, out)) {
      course.onBroken(event, nowNs, out);
    }
  }

  /** A member waits; when all do, nobody computes, and one of them is not reached by others. */
  void onWaits(RunEvent.MemberWaits event, long nowNs, List<RunAction> out) {
    if (course.isMember(event.trainer(), event.generation())) {
      waits.add(event, nowNs);
      waits
          .culprit(course.current().generation(), nowNs)
          .ifPresent(
              of -> {
                String reason = "all members wait, most of them for " + of;
                if (!suspect(List.of(of), reason, nowNs, out)) {
                  course.breakOff(reason, nowNs, out);
                }
              });
    }
  }

  /** Leaves members out for a while; does nothing when the others could not go on. */
  private boolean suspect(List<String> names, String reason, long nowNs, List<RunAction> out) {
    List<String> paused = new ArrayList<>();
    for (String name : names) {
      if (course.current().isMember(name) && roster.pause(name, roster.incarnation(name))) {
        paused.add(name);
      }
    }
    if (paused.isEmpty() || !course.canGoOn()) {
      paused.forEach(name -> roster.resume(name, roster.incarnation(name)));
      return false;
    }
    paused.forEach(name -> suspects.add(name, roster.incarnation(name), nowNs));
    course.leaveBehind(paused, reason, nowNs, out);
    paused.forEach(name -> tell(name, TrainerState.PAUSED, reason, out));
    return true;
  }

  private static void tell(String who, TrainerState state, String detail, List<RunAction> out) {
    out.add(new RunAction.Report(new ProgressEvent.TrainerChanged(who, state, detail)));
  }
}
