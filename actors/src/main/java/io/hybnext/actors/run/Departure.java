package io.hybnext.actors.run;

import java.util.List;

/** The end of a run: trainers are told to leave, and it is over when all of them are gone. */
final class Departure {
  private final Roster roster;
  private final RunReport report;

  Departure(Roster roster, RunReport report) {
    this.roster = roster;
    this.report = report;
  }

  /** Tells those that are there to leave, and ends those that were only just started. */
  void begin(List<RunAction> out) {
    out.add(new RunAction.DismissAll(report.reason()));
    for (String trainer : roster.expected()) {
      kill(trainer, "the run is over", out);
    }
  }

  boolean isOver() {
    return roster.joined().isEmpty() && roster.expected().isEmpty();
  }

  /** Ends those that hang. */
  void force(List<RunAction> out) {
    roster.joined().forEach(trainer -> kill(trainer, "it did not leave in time", out));
    roster.expected().forEach(trainer -> kill(trainer, "it did not end in time", out));
  }

  private void kill(String trainer, String reason, List<RunAction> out) {
    if (roster.isManaged(trainer)) {
      out.add(new RunAction.KillTrainer(trainer, roster.incarnation(trainer), 0, reason));
    }
  }

  void end(List<RunAction> out) {
    out.add(new RunAction.Report(new ProgressEvent.Ended(report)));
    out.add(new RunAction.End(report));
  }
}
