package io.hybnext.streams.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreReaderTest {
  @TempDir Path folder;

  @Test
  void shouldReadOnlyTheNewLinesOfALedgerThatGrew() throws IOException {
    Path file = folder.resolve(FileLedger.FILE);
    try (SegmentStore store = SegmentStore.open(folder, StoreSettings.DEFAULT)) {
      store.append(TestItems.SCHEMA, TestItems.item(0));
    }
    int readBytes = (int) Files.size(file);
    try (StoreReader reader = new StoreReader(folder)) {
      try (SegmentStore store = SegmentStore.open(folder, StoreSettings.DEFAULT)) {
        store.append(TestItems.SCHEMA, TestItems.item(1));
      }
      byte[] grown = Files.readAllBytes(file);
      Arrays.fill(grown, 0, readBytes - 1, (byte) 'x');
      Files.write(file, grown);
      reader.refresh();
      assertEquals(2, reader.segments().size());
      assertEquals("item-1", reader.item(1, 0).id());
      reader.refresh();
      assertEquals(2, reader.segments().size());
    }
  }
}
