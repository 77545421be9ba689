package io.hybnext.streams.ingest;

import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Where the elements of a run went. Thread-safe. */
final class IngestCounts {
  private static final int SENTENCES = 10; // the ledger has them all

  final LongAdder seen = new LongAdder();
  final LongAdder stored = new LongAdder();
  final LongAdder alreadyStored = new LongAdder();
  private final List<String> sentences = new ArrayList<>();
  private final Map<QuarantineRule, LongAdder> reasons = new ConcurrentHashMap<>();

  void quarantined(Quarantined item) {
    if (item.rule() != QuarantineRule.DUPLICATE) {
      synchronized (sentences) {
        if (sentences.size() < SENTENCES) {
          sentences.add(item.message());
        }
      }
    }
    reasons.computeIfAbsent(item.rule(), rule -> new LongAdder()).increment();
  }

  long duplicates() {
    LongAdder count = reasons.get(QuarantineRule.DUPLICATE);
    return count == null ? 0 : count.sum();
  }

  List<String> sentences() {
    synchronized (sentences) {
      return List.copyOf(sentences);
    }
  }

  Map<String, Long> reasons() {
    Map<String, Long> sorted = new TreeMap<>();
    reasons.forEach((rule, count) -> sorted.put(rule.key(), count.sum()));
    return sorted;
  }

  long quarantined() {
    return reasons().values().stream().mapToLong(Long::longValue).sum() - duplicates();
  }
}
