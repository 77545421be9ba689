package io.hybnext.streams.ingest;

import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Where the elements of a run went. Thread-safe. */
final class IngestCounts {
  final LongAdder seen = new LongAdder();
  final LongAdder stored = new LongAdder();
  final LongAdder alreadyStored = new LongAdder();
  private final Map<QuarantineRule, LongAdder> reasons = new ConcurrentHashMap<>();

  void quarantined(Quarantined item) {
    reasons.computeIfAbsent(item.rule(), rule -> new LongAdder()).increment();
  }

  long duplicates() {
    LongAdder count = reasons.get(QuarantineRule.DUPLICATE);
    return count == null ? 0 : count.sum();
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
