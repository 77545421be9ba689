package io.hybnext.actors.run;

import io.hybnext.actors.run.RunAction.Report;
import java.util.List;

/** Measures a change of generation: from the news that made it necessary to its first step. */
final class ChangeClock {
  private final long newsNs;
  private final long announcedNs;
  private PrepareTimes slowest;
  private long readyNs;
  private boolean told;

  /**
   * Starts with the announcement.
   *
   * @param newsNs when what made it necessary was known
   */
  ChangeClock(long newsNs, long announcedNs) {
    this.newsNs = newsNs;
    this.announcedNs = announcedNs;
  }

  /** All members are ready. */
  void ready(PrepareTimes slowestMember, long nowNs) {
    slowest = slowestMember;
    readyNs = nowNs;
  }

  /** A step was committed; the first time, tells how long it all took. */
  void committed(long generation, long step, long nowNs, List<RunAction> out) {
    if (told) {
      return;
    }
    told = true;
    out.add(
        new Report(
            new ProgressEvent.GenerationRunning(
                generation,
                step,
                ms(announcedNs - newsNs),
                ms(slowest.openNs()),
                ms(slowest.settleNs()),
                ms(readyNs - announcedNs),
                ms(nowNs - readyNs))));
  }

  private static double ms(long ns) {
    return Math.round(ns / 1e4) / 1e2;
  }
}
