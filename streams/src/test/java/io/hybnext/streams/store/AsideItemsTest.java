package io.hybnext.streams.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsideItemsTest {
  private static final String PSEUDONYM = "0123456789abcdef0123456789abcdef";

  private final AsideItems aside = new AsideItems();

  private static Quarantined aside(String origin, String item, QuarantineRule rule) {
    return new Quarantined(origin, item, null, rule, origin + ": " + rule.sentence());
  }

  private static StoredItem stored(String id, String origin) {
    return new StoredItem(id, "hash", "c", "train").from(origin);
  }

  @Test
  void shouldKeepTheReasonThatWasFoundLast() {
    aside.add(aside("a.png", "a", QuarantineRule.TRUNCATED));
    aside.add(aside("b.png", "b", QuarantineRule.SIZE));
    Quarantined now = aside("a.png", "a", QuarantineRule.BLANK);
    aside.add(now);
    assertEquals(List.of(aside("b.png", "b", QuarantineRule.SIZE), now), aside.list());
    assertTrue(aside.holds(now));
  }

  @Test
  void shouldKnowAMendedFileByItsPlaceThoughItSaysMoreAboutItself() {
    aside.add(aside("entry/" + PSEUDONYM, "x", QuarantineRule.SERVER_FAILS));
    aside.add(aside("dicom/" + PSEUDONYM, "2.25.1", QuarantineRule.SIZE));
    assertEquals(1, aside.list().size());
    assertTrue(aside.isAt("image/" + PSEUDONYM));
    aside.stored(stored("2.25.1", "dicom/" + PSEUDONYM));
    assertEquals(List.of(), aside.list());
    assertFalse(aside.isAt("dicom/" + PSEUDONYM));
  }

  @Test
  void shouldKeepTheOtherLinesOfAManifestThatNameOneFile() {
    aside.add(aside("a.png", "first", QuarantineRule.TRUNCATED));
    aside.add(aside("a.png", "second", QuarantineRule.TRUNCATED));
    assertEquals(2, aside.list().size());
    Quarantined duplicate = aside("a.png", "second", QuarantineRule.DUPLICATE);
    aside.add(duplicate);
    aside.stored(stored("first", "a.png"));
    assertEquals(List.of(duplicate), aside.list());
  }

  @Test
  void shouldTakeNamesOfFoldersForWhatTheyAre() {
    aside.add(aside("image/a.png", "one", QuarantineRule.SIZE));
    aside.stored(stored("two", "dicom/a.png"));
    assertEquals(1, aside.list().size());
  }
}
