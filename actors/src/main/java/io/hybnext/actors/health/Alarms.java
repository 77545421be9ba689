package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes of conditions, which come and go, what people are told: a thing is told when it has lasted
 * for a while, again when it gets worse, and when it has been over for a while.
 */
final class Alarms {
  private static final long OVER_NS = 3_000_000_000L;
  private static final long GAP_NS = 1_200_000_000L; // a condition may miss a look

  private record Key(String actor, Cause cause) {}

  private static final class Alarm {
    Condition latest;
    long firstNs;
    long lastNs;
    Verdict told; // null while it has not lasted
  }

  private final Map<Key, Alarm> alarms = new LinkedHashMap<>();

  /** Takes all conditions of a moment and gives what is new. */
  List<Verdict> update(List<Condition> now, long nowNs) {
    List<Verdict> news = new ArrayList<>();
    for (Condition condition : now) {
      Alarm alarm =
          alarms.computeIfAbsent(
              new Key(condition.actor(), condition.cause()), key -> begun(nowNs));
      if (alarm.told == null && nowNs - alarm.lastNs > GAP_NS) {
        alarm.firstNs = nowNs;
      }
      alarm.latest = condition;
      alarm.lastNs = nowNs;
      tell(alarm, nowNs, news);
    }
    for (Iterator<Alarm> all = alarms.values().iterator(); all.hasNext(); ) {
      Alarm alarm = all.next();
      boolean over = nowNs - alarm.lastNs > (alarm.told == null ? GAP_NS : OVER_NS);
      if (over) {
        all.remove();
      }
      if (over && alarm.told != null) {
        news.add(over(alarm));
      }
    }
    return news;
  }

  /** Takes over what somebody else told and what may not be over. */
  void resume(List<Verdict> told, long nowNs) {
    for (Verdict verdict : told) {
      Alarm alarm = begun(nowNs);
      alarm.told = verdict;
      alarms.putIfAbsent(new Key(verdict.actor(), verdict.cause()), alarm);
    }
  }

  private static Alarm begun(long nowNs) {
    Alarm alarm = new Alarm();
    alarm.firstNs = nowNs;
    alarm.lastNs = nowNs;
    return alarm;
  }

  private static void tell(Alarm alarm, long nowNs, List<Verdict> news) {
    Condition is = alarm.latest;
    boolean lasts = nowNs - alarm.firstNs >= is.cause().holdNs();
    boolean worse = alarm.told != null && is.state().compareTo(alarm.told.state()) > 0;
    if ((alarm.told == null && lasts) || worse) {
      alarm.told =
          new Verdict(
              is.actor(), is.cause(), is.state(), is.sentence(), is.action(), alarm.firstNs);
      news.add(alarm.told);
    }
  }

  private static Verdict over(Alarm alarm) {
    Verdict was = alarm.told;
    long seconds = Math.round((alarm.lastNs - alarm.firstNs) / 1e9);
    String sentence =
        was.actor() + " " + was.cause().over() + (seconds > 0 ? ", after " + seconds + " s." : ".");
    return new Verdict(was.actor(), was.cause(), HealthState.OK, sentence, "", was.sinceNs());
  }

  /** What was told and is not over. */
  List<Verdict> open() {
    return alarms.values().stream().filter(a -> a.told != null).map(a -> a.told).toList();
  }
}
