package io.hybnext.actors.run;

import java.util.List;

/** The end of a run: trainers are told to leave, and it is over when all of them are gone. */
final class Departure {
  private final Roster roster;
  private final Launches launches;
  private final RunReport report;

  Departure(Roster roster, Launches launches, RunReport report) {
    this.roster = roster;
    this.launches = launches;
    this.report = report;
  }

  /** Tells those that are there to leave, and ends those that were only just started. */
  void begin(List<RunAction> out) {
    out.add(new RunAction.DismissAll(report.reason()));
    for (String trainer : roster.expected()) {
      launches.kill(trainer, "the run is over", out);
    }
  }

  boolean isOver() {
    return roster.joined().isEmpty() && roster.expected().isEmpty();
  }

  /** Ends those that hang. */
  void force(List<RunAction> out) {
    roster.joined().forEach(trainer -> launches.kill(trainer, "it did not leave in time", out));
    roster.expected().forEach(trainer -> launches.kill(trainer, "it did not end in time", out));
  }

  void end(List<RunAction> out) {
    out.add(new RunAction.Report(new ProgressEvent.Ended(report)));
    out.add(new RunAction.End(report));
  }
}
