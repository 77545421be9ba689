package io.hybnext.ops.dashboard;

import io.hybnext.ops.intake.IntakeFile;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.LedgerTail;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the page tells of intake.
 *
 * @param store folder of it
 * @param stored items
 * @param segments they are in
 * @param sizeBytes of the segments
 * @param duplicates items that were there already
 * @param quarantined items put aside for another reason
 * @param reasons how many by rule, the most first
 * @param items the last ones put aside, the newest first
 * @param now what ingestion does, or did last; null when nothing is known
 */
record IntakeView(
    String store,
    long stored,
    long segments,
    long sizeBytes,
    long duplicates,
    long quarantined,
    Map<String, Long> reasons,
    List<ItemView> items,
    IntakeFile now) {
  private static final int SHOWN = 60;

  /**
   * An item that was put aside.
   *
   * @param key names its picture, see {@link QuarantinePictures}
   * @param origin file or line
   * @param rule that it breaks
   * @param message one sentence
   */
  record ItemView(String key, String origin, String rule, String message) {

    static ItemView of(Quarantined item) {
      return new ItemView(
          QuarantinePictures.key(item), item.origin(), item.rule().key(), item.message());
    }
  }

  static IntakeView of(LedgerTail.Figures figures, Path store, IntakeFile now) {
    long aside = figures.byRule().values().stream().mapToLong(Long::longValue).sum();
    long duplicates = figures.byRule().getOrDefault(QuarantineRule.DUPLICATE, 0L);
    Map<String, Long> reasons = new LinkedHashMap<>();
    figures.byRule().entrySet().stream()
        .sorted(Map.Entry.<QuarantineRule, Long>comparingByValue().reversed())
        .forEach(rule -> reasons.put(rule.getKey().key(), rule.getValue()));
    return new IntakeView(
        store.toString(),
        figures.stored(),
        figures.segments(),
        figures.sizeBytes(),
        duplicates,
        aside - duplicates,
        reasons,
        figures.last().stream().limit(SHOWN).map(ItemView::of).toList(),
        now);
  }
}
