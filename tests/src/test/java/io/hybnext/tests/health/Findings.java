package io.hybnext.tests.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Collects what was told of which fault. */
final class Findings {
  long seed;
  private final Map<Ailment, List<Double>> seconds = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private int injected;
  private int right;
  private double calmSeconds;
  private int falseAlarms;

  /** A time without a fault is over. */
  void calm(double lasted, List<Word> told) {
    calmSeconds += lasted;
    falseAlarms += told.size();
    told.forEach(word -> wrong.add("calm: " + word.what()));
  }

  /**
   * A fault was watched.
   *
   * @param actor who should be named
   * @param atNs when it was injected
   * @param word that names actor and cause; empty when none came
   * @param told everything that was told meanwhile
   * @param consequences actors that suffer from it and may be named, too
   */
  void add(
      Ailment ailment,
      String actor,
      long atNs,
      Optional<Word> word,
      List<Word> told,
      List<String> consequences) {
    injected++;
    Optional<Word> stranger =
        told.stream()
            .filter(one -> !one.actor().equals(actor) && !consequences.contains(one.actor()))
            .findFirst();
    double took = word.map(one -> (one.atNs() - atNs) / 1e9).orElse(Double.NaN);
    word.ifPresent(one -> seconds.computeIfAbsent(ailment, key -> new ArrayList<>()).add(took));
    if (word.isEmpty()) {
      wrong.add(ailment + " of " + actor + " was not told");
    } else if (took > ailment.limitSeconds()) {
      wrong.add(String.format(Locale.ROOT, "%s of %s was told after %.1f s", ailment, actor, took));
    } else if (stranger.isPresent()) {
      wrong.add(ailment + " of " + actor + " brought: " + stranger.get().what());
    } else {
      right++;
    }
  }

  HealthReport report() {
    List<Double> all = new ArrayList<>();
    Map<String, Double> medians = new TreeMap<>();
    seconds.forEach(
        (ailment, times) -> {
          all.addAll(times);
          times.sort(null);
          medians.put(ailment.name().toLowerCase(Locale.ROOT), percentile(times, 0.5));
        });
    all.sort(null);
    return new HealthReport(
        "health",
        seed,
        injected,
        right,
        injected == 0 ? 0 : right / (double) injected,
        percentile(all, 0.5),
        percentile(all, 0.99),
        calmSeconds,
        falseAlarms,
        medians,
        wrong);
  }

  private static double percentile(List<Double> sorted, double share) {
    int at = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, at));
  }
}
