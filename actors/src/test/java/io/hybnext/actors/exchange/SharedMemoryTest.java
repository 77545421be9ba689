package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
  @TempDir Path folder;

  @Test
  void shouldCountTheSlotsAndTheLogOfEveryWay() {
    long driver = SharedMemory.neededBytes(1);
    long two = SharedMemory.neededBytes(2) - driver;
    long four = SharedMemory.neededBytes(4) - driver;
    long toOne = (long) SlotLayout.TO_ONE * SlotLayout.SLOT_BYTES;
    long toAll = (long) SlotLayout.TO_ALL * SlotLayout.SLOT_BYTES;
    assertEquals(2 * (toOne + toAll), two, 1 << 20, "and a megabyte for logs at most");
    assertEquals(4 * (3 * toOne + toAll), four, 4 << 20);
  }

  @Test
  void shouldTakeShorterTermsWhenMemoryIsShort() {
    Path later = folder.resolve("not/yet/there");
    assertEquals(1 << 16, SharedMemory.fittingTermLength(later, 2, 1 << 16, 1 << 16));
    int members = 2;
    while (members * members * 3L * (1 << 30) < folder.toFile().getUsableSpace()) {
      members *= 2;
    }
    assertTrue(
        SharedMemory.fittingTermLength(later, members * members, 1 << 30, 1 << 16) < 1 << 30);
  }

  @Test
  void shouldSayWhatIsMissingWhenNothingFits() {
    String message =
        assertThrows(ExchangeException.class, () -> SharedMemory.require(folder, 10_000))
            .getMessage();
    assertTrue(message.startsWith(folder + ": "), message);
    assertTrue(message.contains("of 10000 trainers needs"), message);
    assertTrue(message.contains("--shm-size"), message);
  }
}
