package io.hybnext.actors.trainer;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.Position;
import io.hybnext.actors.run.StepReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a trainer has to tell the coordinator, again and again and to every next one, so that
 * nothing lost with a connection or a coordinator does harm: the newest message of each kind, and
 * every step whose commitment was not confirmed. One thread at a time.
 *
 * @param <M> messages to the coordinator
 */
public final class TrainerNews<M> {
  private static final int REPORTS_A_TIME = 64;

  private final Map<Class<?>, M> newest = new LinkedHashMap<>();
  private final TreeMap<Long, StepReport> reports = new TreeMap<>();
  private long confirmed;
  private Generation generation; // null before the first
  private boolean intact;

  /** A generation begins; it is not settled yet. */
  public void announced(Generation next) {
    generation = next;
    intact = false;
  }

  /** The members of a generation have settled after so many steps. */
  public void settled(long number, long steps) {
    intact = generation != null && generation.number() == number;
    settled(steps);
  }

  /** It cannot go on in a generation. */
  public void left(long number) {
    intact = intact && !isIn(number);
  }

  /** Whether it is settled in this generation. */
  public boolean isSettledIn(long number) {
    return intact && isIn(number);
  }

  private boolean isIn(long number) {
    return generation != null && generation.number() == number;
  }

  /** Where it is; empty before its first generation. */
  public Optional<Position> position() {
    return Optional.ofNullable(generation).map(of -> new Position(of, intact, confirmed));
  }

  /** Notes a message; it takes the place of the one before of its kind. */
  public void add(M message) {
    newest.remove(message.getClass()); // to the end: repeats go out in the order of what happened
    newest.put(message.getClass(), message);
  }

  /** What is to be told again, in the order in which it happened. */
  public List<M> repeats() {
    return List.copyOf(newest.values());
  }

  /** Notes a step; what is known of it already stays. */
  public void add(StepReport report) {
    if (report.step() >= confirmed) {
      reports.putIfAbsent(report.step(), report);
    }
  }

  /** Goes on after so many steps: those beyond them are not done any more, here or anywhere. */
  private void settled(long steps) {
    reports.tailMap(steps).clear();
    confirmed = Math.min(confirmed, steps);
  }

  /** So many steps are committed; what comes late, after a larger number, changes nothing. */
  public void confirm(long steps) {
    confirmed = Math.max(confirmed, steps);
    reports.headMap(steps).clear();
  }

  /** Unconfirmed steps before one, in order: all that a generation's beginning has to tell of. */
  public List<StepReport> unconfirmedBefore(long step) {
    return List.copyOf(reports.headMap(step).values());
  }

  /** The oldest unconfirmed steps, in order. */
  public List<StepReport> unconfirmed() {
    return reports.isEmpty() ? List.of() : reports.values().stream().limit(REPORTS_A_TIME).toList();
  }
}
