package io.hybnext.streams.store;

import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is aside now: of what was put aside again for another reason the last one, and nothing that
 * was stored since. Things are known by where they lie, as a damaged file says less about itself
 * than a mended one. One thread.
 */
final class AsideItems {
  /** A place behind the door; before the slash stands how much was known of what lies there. */
  private static final Pattern PSEUDONYM = Pattern.compile("(dicom|image|entry)/[0-9a-f]{32}");

  private final Set<Quarantined> all = new LinkedHashSet<>();
  private final Map<String, List<Quarantined>> byPlace = new HashMap<>();

  /** In the order in which they were put aside. */
  List<Quarantined> list() {
    return List.copyOf(all);
  }

  /** Whether just this is aside. */
  boolean holds(Quarantined item) {
    return all.contains(item);
  }

  /** Whether something that lies there is aside. */
  boolean isAt(String origin) {
    return byPlace.containsKey(place(origin));
  }

  /** Puts one aside, in the place of what was known of it before. */
  void add(Quarantined item) {
    List<Quarantined> there =
        byPlace.computeIfAbsent(place(item.origin()), place -> new ArrayList<>());
    there.removeIf(
        before -> {
          boolean same = isSame(before, item);
          return same && all.remove(before);
        });
    there.add(item);
    all.add(item);
  }

  /** Several lines of a manifest may name one file. */
  private static boolean isSame(Quarantined before, Quarantined now) {
    boolean wasUnknown = before.item() == null || PSEUDONYM.matcher(before.origin()).matches();
    return Objects.equals(before.item(), now.item())
        || (wasUnknown && before.rule() != QuarantineRule.DUPLICATE);
  }

  /** Forgets what was stored. */
  void stored(StoredItem item) {
    String place = item.origin() == null ? null : place(item.origin());
    List<Quarantined> there = place == null ? null : byPlace.get(place);
    if (there == null) {
      return;
    }
    there.removeIf(
        before -> {
          boolean over =
              before.rule() != QuarantineRule.DUPLICATE || item.id().equals(before.item());
          return over && all.remove(before);
        });
    if (there.isEmpty()) {
      byPlace.remove(place);
    }
  }

  void clear() {
    all.clear();
    byPlace.clear();
  }

  private static String place(String origin) {
    String known = origin == null ? "" : origin;
    return PSEUDONYM.matcher(known).matches() ? known.substring(known.indexOf('/') + 1) : known;
  }
}
