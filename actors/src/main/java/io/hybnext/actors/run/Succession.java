package io.hybnext.actors.run;

import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How one generation follows another: whether anybody alive holds the run's state, what is to be
 * made ready before the next can be announced, and its announcement.
 */
final class Succession {
  private static final long NO_NEWS = Long.MIN_VALUE; // another coordinator had them
  private static final int HOLDS_BITS = 20; // more than any generation is held

  private final RunSettings settings;
  private final Roster roster;
  private final CheckpointBook checkpoints;
  private final StepLedger steps;
  private final Shares shares;
  private final Generations generations;
  private Generation before; // null before the first
  private List<Member> holders = List.of();
  private final Map<String, Position> positions = new HashMap<>(); // told by trainers
  private int present = Integer.MAX_VALUE; // trainer processes in the cluster, as far as known
  private long pausedSinceNs;
  private boolean paused; // all that hold the state
  private String reason = "";
  private long newsNs = NO_NEWS;
  private boolean resolved;
  private int exchanging;
  private int slowLooks;
  private long lookedAt;

  Succession(
      RunSettings settings,
      Roster roster,
      CheckpointBook checkpoints,
      StepLedger steps,
      long firstGeneration,
      ExchangeKey secret) {
    this.settings = settings;
    this.roster = roster;
    this.checkpoints = checkpoints;
    this.steps = steps;
    shares = new Shares(settings.plan().microshards(), steps.pace());
    generations = new Generations(settings, roster, shares, firstGeneration, secret);
  }

  /** A generation is over. */
  void follows(Generation last, String why, long nowNs) {
    before = last;
    reason = why;
    newsNs = nowNs;
  }

  /** A trainer tells of a generation that another coordinator formed. */
  void recover(String trainer, Position in) {
    Generation theirs = in.generation();
    if (!generations.recover(theirs)) {
      return;
    }
    positions.put(trainer, in);
    if (before == null || before.number() < theirs.number()) {
      before = theirs;
      holders = theirs.members();
      steps.recovered(theirs.number());
      reason = "another coordinator goes on";
    }
  }

  /**
   * Whether the generation that another coordinator formed can simply go on: none was formed here,
   * and all its members are there and intact.
   */
  boolean canAdopt() {
    return generations.count() == 0
        && before != null
        && before.members().stream()
            .allMatch(of -> roster.isAble(of.trainer(), of.incarnation()) && isIntact(of));
  }

  /** Whether those of its members that came say that they go on. */
  boolean seemsIntact() {
    return before.members().stream()
        .filter(of -> roster.isThere(of.trainer(), of.incarnation()))
        .allMatch(this::isIntact);
  }

  private boolean isIntact(Member member) {
    Position position = positions.get(member.trainer());
    return position != null
        && position.intact()
        && position.generation().number() == before.number();
  }

  /** Leads the generation that another coordinator formed; nothing is announced. */
  GenerationLife adopt(long nowNs, List<RunAction> out) {
    long confirmed =
        before.members().stream()
            .mapToLong(member -> positions.get(member.trainer()).confirmed())
            .max()
            .orElse(0);
    // They may have restored its checkpoint, and nobody was told that they settled there.
    confirmed = Math.max(confirmed, before.startStep());
    generations.adopted();
    ChangeClock clock = new ChangeClock(nowNs, nowNs);
    GenerationLife life =
        new GenerationLife(settings, before, roster, checkpoints, steps, clock, nowNs);
    life.adopt(confirmed, generations.next() << HOLDS_BITS, nowNs, out);
    lookedAt = steps.committed();
    return life;
  }

  /** So many trainer processes are in the cluster. */
  void present(int processes) {
    present = processes;
  }

  /** Whether members of a generation that another coordinator formed did not come yet, and may. */
  boolean awaitsMembers() {
    return generations.count() == 0
        && roster.joined().size() + roster.paused().size() < present
        && !before.members().stream()
            .allMatch(member -> roster.isThere(member.trainer(), member.incarnation()));
  }

  /** All members of a generation hold the run's state now. */
  void settled(Generation generation) {
    holders = generation.members();
  }

  /** Whether anybody who held the run's state is there, paused or not. */
  boolean hasState() {
    return holders.stream()
        .anyMatch(holder -> roster.isThere(holder.trainer(), holder.incarnation()));
  }

  /** Whether a trainer holds the run's state. */
  boolean isHolder(String trainer) {
    return holders.stream()
        .anyMatch(
            of -> of.trainer().equals(trainer) && of.incarnation() == roster.incarnation(trainer));
  }

  /** Whether everybody who holds the run's state is paused. */
  boolean allHoldersPaused() {
    return hasState()
        && holders.stream()
            .noneMatch(holder -> roster.isAble(holder.trainer(), holder.incarnation()));
  }

  /**
   * Whether to wait for somebody who holds the run's state, since all of them are paused. After a
   * while the others go back to a checkpoint; nobody holds the state any more then, for the run.
   */
  boolean awaitsState(long nowNs) {
    if (!allHoldersPaused()) {
      paused = false;
      return false;
    }
    if (!paused) {
      paused = true;
      pausedSinceNs = nowNs;
    }
    boolean patient = nowNs - pausedSinceNs < settings.limits().statePatience().toNanos();
    if (!patient && !roster.joined().isEmpty()) {
      holders = List.of();
      paused = false;
      return false;
    }
    return true;
  }

  /** Whether the next generation can be announced; otherwise asks for what is missing. */
  boolean isReady(List<RunAction> out) {
    if (!resolved || !hasState()) {
      out.add(new RunAction.ResolveCheckpoint(roster.joined().size()));
      return false;
    }
    return canExchange(out);
  }

  /** Whether all trainers that are there can exchange; otherwise asks for it. */
  boolean canExchange(List<RunAction> out) {
    int members = Math.min(roster.joined().size(), settings.plan().microshards());
    if (members <= Math.max(exchanging, 1)) {
      return true;
    }
    out.add(new RunAction.PrepareExchange(members));
    return false;
  }

  /** Checkpoints were looked up, and the exchange was made ready. */
  void resolved(RunEvent.CheckpointResolved event, List<RunAction> out) {
    resolved = true;
    exchanging = Math.max(exchanging, roster.joined().size());
    checkpoints.resolved(event, out);
  }

  /** So many members can exchange. */
  void exchangeReady(int members) {
    exchanging = Math.max(exchanging, members);
  }

  /** Nobody can exchange any more. */
  void exchangeLost() {
    exchanging = 0;
  }

  /** The checkpoint that was found last cannot be restored. */
  void lookUpAgain() {
    resolved = false;
  }

  /** Announces the next generation, of those that are there. */
  GenerationLife form(long nowNs, List<RunAction> out) {
    if (before != null) {
      StepBook book = steps.book();
      checkpoints.carryOver(trainer -> isAlive(trainer) && book.done(trainer) > pendingStep(), out);
    }
    if (!hasState()) {
      steps.stateLost();
    }
    Generation formed = generations.form(before, checkpoints);
    ChangeClock clock =
        new ChangeClock(before == null || newsNs == NO_NEWS ? nowNs : newsNs, nowNs);
    GenerationLife life =
        new GenerationLife(settings, formed, roster, checkpoints, steps, clock, nowNs);
    life.announce(reason, out);
    before = formed;
    slowLooks = 0;
    lookedAt = steps.committed();
    return life;
  }

  private boolean isAlive(String trainer) {
    return before.isMember(trainer) && roster.isAble(trainer, before.member(trainer).incarnation());
  }

  private long pendingStep() {
    return checkpoints.pending().orElseThrow().step();
  }

  /** Whether other shares of the work would pay; looks now and then, and wants to see it twice. */
  boolean wouldGain(Generation generation, long nowNs) {
    if (generation.worldSize() < 2 || steps.committed() < lookedAt + Shares.LOOK_EVERY) {
      return false;
    }
    lookedAt = steps.committed();
    long left = settings.plan().steps() - steps.committed();
    slowLooks = shares.wouldPay(generation, left) ? slowLooks + 1 : 0;
    return slowLooks >= 2;
  }

  /** Number of generations formed. */
  long generations() {
    return generations.count();
  }
}
