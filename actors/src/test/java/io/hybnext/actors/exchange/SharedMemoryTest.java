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
  void shouldCountALogForEveryWay() {
    long driver = SharedMemory.neededBytes(1, 1 << 20);
    long log = (SharedMemory.neededBytes(2, 1 << 20) - driver) / 4; // 2 direct, 2 that all read
    assertTrue(log >= 3 << 20 && log < (3 << 20) + (1 << 16), "three terms and a little");
    assertEquals(16 * log, SharedMemory.neededBytes(4, 1 << 20) - driver);
  }

  @Test
  void shouldTakeShorterTermsWhenMemoryIsShort() {
    Path later = folder.resolve("not/yet/there");
    assertEquals(1 << 16, SharedMemory.fittingTermLength(later, 2, 1 << 16, 1 << 16));
    int members = 2;
    while (SharedMemory.neededBytes(members, 1 << 30) < folder.toFile().getUsableSpace()) {
      members *= 2;
    }
    assertTrue(
        SharedMemory.fittingTermLength(later, members * members, 1 << 30, 1 << 16) < 1 << 30);
  }

  @Test
  void shouldSayWhatIsMissingWhenNothingFits() {
    String message =
        assertThrows(ExchangeException.class, () -> SharedMemory.require(folder, 10_000, 1 << 30))
            .getMessage();
    assertTrue(message.startsWith(folder + ": "), message);
    assertTrue(message.contains("of 10000 trainers needs"), message);
    assertTrue(message.contains("--shm-size"), message);
  }
}
