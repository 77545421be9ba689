package io.hybnext.streams.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaveLedgerTest {
  private static final Mixing MIXING = new Mixing(0.5, 20, 4, 100, 0.25);

  @TempDir Path folder;

  static Wave wave(long step, int segments, long items) {
    SnapshotId snapshot =
        new SnapshotId("tok", "enc", List.of("train"), segments, items, "hash-" + items);
    return new Wave(step, snapshot, MIXING);
  }

  private Path file() {
    return folder.resolve(WaveLedger.FILE);
  }

  @Test
  void shouldShowReadersEveryWaveThatWasNoted() throws IOException {
    WaveLedger reader = new WaveLedger(file());
    assertEquals(List.of(), reader.waves());
    WaveLedger writer = new WaveLedger(file());
    writer.add(wave(5, 2, 20));
    assertEquals(List.of(wave(5, 2, 20)), reader.waves());
    writer.add(wave(9, 3, 21));
    assertEquals(List.of(wave(5, 2, 20), wave(9, 3, 21)), reader.waves());
    assertEquals(reader.waves(), new WaveLedger(file()).waves());
  }

  @Test
  void shouldPassOverALineThatACrashCutShort() throws IOException {
    new WaveLedger(file()).add(wave(5, 2, 20));
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), new byte[] {'{', '"', 'c'}, StandardOpenOption.APPEND);
    WaveLedger writer = new WaveLedger(file());
    assertEquals(1, writer.waves().size());
    writer.add(wave(6, 3, 30));
    assertEquals(List.of(wave(5, 2, 20), wave(6, 3, 30)), new WaveLedger(file()).waves());
    assertTrue(Files.size(file()) > whole.length);
  }

  @Test
  void shouldRefuseADamagedFile() throws IOException {
    new WaveLedger(file()).add(wave(5, 2, 20));
    String text = Files.readString(file(), StandardCharsets.UTF_8);
    Files.writeString(file(), text.replace("\"step\":5", "\"step\":6"));
    StoreException error = assertThrows(StoreException.class, () -> new WaveLedger(file()).waves());
    assertTrue(error.getMessage().contains("line 1 does not match"), error.getMessage());
  }

  @Test
  void shouldNeverTakeBackWhatAReaderMayHave() throws IOException {
    FailingDisk disk = new FailingDisk();
    WaveLedger reader = new WaveLedger(file());
    WaveLedger writer = new WaveLedger(disk, file());
    for (int forces = 0; forces < 2; forces++) { // of the file, then of its name
      Files.deleteIfExists(file());
      WaveLedger first = new WaveLedger(disk, file());
      disk.forcesLeft = forces;
      assertThrows(UnsettledWaveException.class, () -> first.add(wave(5, 2, 20)));
      assertThrows(UnsettledWaveException.class, first::secure);
      assertEquals(List.of(wave(5, 2, 20)), new WaveLedger(file()).waves());
    }
    assertEquals(List.of(wave(5, 2, 20)), reader.waves());
    disk.forcesLeft = 100;
    writer.secure();
    writer.add(wave(9, 3, 30));
    assertEquals(List.of(wave(5, 2, 20), wave(9, 3, 30)), reader.waves());
  }

  @Test
  void shouldLeaveNothingOfALineThatTheDiskDidNotTake() throws IOException {
    FailingDisk disk = new FailingDisk();
    WaveLedger writer = new WaveLedger(disk, file());
    writer.add(wave(5, 2, 20));
    byte[] before = Files.readAllBytes(file());
    disk.writes = false;
    IOException full = assertThrows(IOException.class, () -> writer.add(wave(9, 3, 30)));
    assertFalse(full instanceof UnsettledWaveException, full.toString());
    assertArrayEquals(before, Files.readAllBytes(file()));
    disk.writes = true;
    writer.add(wave(9, 3, 30));
    assertEquals(2, new WaveLedger(file()).waves().size());
  }

  @Test
  void shouldNoteOnlyWavesThatContinueTheOnesBefore() throws IOException {
    WaveLedger ledger = new WaveLedger(file());
    ledger.add(wave(5, 2, 20));
    for (Wave wrong : List.of(wave(5, 3, 30), wave(4, 3, 30), wave(6, 2, 30), wave(6, 3, 20))) {
      assertThrows(IOException.class, () -> ledger.add(wrong));
    }
    assertEquals(List.of(wave(5, 2, 20)), new WaveLedger(file()).waves());
  }
}
