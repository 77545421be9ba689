package io.hybnext.actors.run;

/** Waits for trainers: when enough of them are there for a generation, and when never will be. */
final class Gathering {
  private final RunSettings settings;
  private final Launches launches;
  private final Roster roster;

  Gathering(RunSettings settings, Launches launches, Roster roster) {
    this.settings = settings;
    this.launches = launches;
    this.roster = roster;
  }

  /** What to do now. */
  enum Verdict {
    /** More trainers can be hoped for. */
    WAIT,
    /** A generation can be formed of those that are there. */
    ENOUGH,
    /** Too few are there, and no more will come. */
    TOO_FEW
  }

  /**
   * Looks who is there after having waited since {@code sinceNs}.
   *
   * @param wanted number of trainers that are waited for
   * @param least number it goes on with when others do not come
   */
  Verdict look(int wanted, int least, long sinceNs, long nowNs) {
    int joined = roster.joined().size();
    if (joined >= wanted) {
      return Verdict.ENOUGH;
    }
    boolean late = nowNs - sinceNs >= settings.limits().joinTimeout().toNanos();
    boolean noMore =
        launches.trainers() >= settings.plan().trainers()
            && roster.expected().isEmpty()
            && roster.paused().isEmpty();
    if (!late && !noMore) {
      return Verdict.WAIT;
    }
    return joined >= least ? Verdict.ENOUGH : Verdict.TOO_FEW;
  }

  /** The sentence for {@link Verdict#TOO_FEW}, with the last thing that went wrong. */
  String tooFew(String trouble) {
    return settings.plan().tooFew(roster.joined().size(), trouble);
  }
}
