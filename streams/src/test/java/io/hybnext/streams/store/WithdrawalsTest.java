package io.hybnext.streams.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithdrawalsTest {
  private static final String TIME = "2026-01-01T00:00:00Z";

  @TempDir Path folder;

  @Test
  void shouldBeSeenByWhoLookedBefore() {
    Withdrawals reader = new Withdrawals(folder);
    assertFalse(reader.covers("2.25.1", "a"));
    assertTrue(new Withdrawals(folder).add(new Withdrawal("2.25.1", TIME)));
    assertFalse(new Withdrawals(folder).add(new Withdrawal("2.25.1", TIME)));
    assertTrue(reader.covers("2.25.1", "a"));
    assertTrue(reader.covers(new StoredItem("2.25.1", "h", "c", "train")), "an item by its id");
    assertFalse(reader.covers(new StoredItem("b", "h", "c", "train", "2.25.2")));
  }

  @Test
  void shouldForgetALineThatACrashCutShortAndNothingElse() throws IOException {
    Withdrawals withdrawals = new Withdrawals(folder);
    withdrawals.add(new Withdrawal("one", TIME));
    Path file = folder.resolve(Withdrawals.FILE);
    Files.writeString(
        file, "{\"crc32c\":\"00", StandardCharsets.US_ASCII, StandardOpenOption.APPEND);
    assertTrue(withdrawals.covers("one", ""));
    withdrawals.add(new Withdrawal("two", TIME));
    assertEquals(
        List.of("one", "two"),
        new Withdrawals(folder).all().stream().map(Withdrawal::study).toList());
  }

  @Test
  void shouldRefuseToGoOnWithADamagedFile() throws IOException {
    Withdrawals withdrawals = new Withdrawals(folder);
    withdrawals.add(new Withdrawal("one", TIME));
    Path file = folder.resolve(Withdrawals.FILE);
    Files.writeString(file, Files.readString(file).replace("one", "two"));
    assertThrows(StoreException.class, () -> new Withdrawals(folder).covers("one", ""));
  }
}
