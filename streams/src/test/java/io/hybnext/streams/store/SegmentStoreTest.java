package io.hybnext.streams.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.file.Disk;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentStoreTest {
  private static final StoreSettings OF_4 = new StoreSettings(1 << 20, 4, Duration.ofSeconds(30));

  @TempDir Path folder;

  private void write(int from, int to) {
    Disk unflushed = new FailingDisk(Integer.MAX_VALUE, false); // tests need no power failure
    try (SegmentStore store = SegmentStore.open(folder, OF_4, unflushed, System::nanoTime)) {
      for (int i = from; i < to; i++) {
        store.append(TestItems.SCHEMA, TestItems.item(i));
      }
    }
  }

  /** Every listed item can be read and none is listed twice. */
  private List<String> listed() {
    List<String> ids = new ArrayList<>();
    Set<String> hashes = new HashSet<>();
    try (StoreReader reader = new StoreReader(folder)) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          ItemRecord item = reader.item(segment.number(), row);
          assertEquals(StoredItem.of(item), segment.items().get(row));
          assertTrue(hashes.add(item.contentHash()), "twice: " + item.id());
          ids.add(item.id());
        }
      }
    }
    return ids;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains(".arrow"))
          .sorted()
          .toList();
    }
  }

  @Test
  void shouldGiveBackEveryColumnBitForBit() {
    write(0, 10);
    try (StoreReader reader = new StoreReader(folder)) {
      assertEquals(
          List.of(4, 4, 2), reader.segments().stream().map(s -> s.items().size()).toList());
      for (int i = 0; i < 10; i++) {
        ItemRecord expected = TestItems.item(i);
        ItemRecord item = reader.item(i / 4, i % 4);
        assertArrayEquals(expected.tokens(), item.tokens());
        assertArrayEquals(expected.feature(), item.feature());
        assertEquals(expected.provenance(), item.provenance());
        assertEquals(expected.caption(), item.caption());
        assertEquals(expected.path(), item.path());
        assertEquals(expected.split(), item.split());
      }
    }
  }

  @Test
  void shouldPublishASegmentWhenItIsOldOrLargeEnough() {
    AtomicLong nowNs = new AtomicLong();
    try (SegmentStore store = SegmentStore.open(folder, OF_4, Disk.LOCAL, nowNs::get)) {
      store.append(TestItems.SCHEMA, TestItems.item(0));
      nowNs.set(Duration.ofSeconds(30).toNanos());
      store.append(TestItems.SCHEMA, TestItems.item(1));
      assertEquals(1, store.ledger().segments().size());
      assertEquals(0, store.pendingBytes());
    }
    StoreSettings small = new StoreSettings(1, 100, Duration.ofSeconds(30));
    try (SegmentStore store = SegmentStore.open(folder, small)) {
      store.append(TestItems.SCHEMA, TestItems.item(2));
      assertEquals(2, store.ledger().segments().size());
    }
  }

  @Test
  void shouldRefuseContentThatIsStoredAlready() {
    write(0, 2);
    try (SegmentStore store = SegmentStore.open(folder, OF_4)) {
      assertTrue(store.find(TestItems.SCHEMA, TestItems.item(1).contentHash()).isPresent());
      assertThrows(
          IllegalArgumentException.class, () -> store.append(TestItems.SCHEMA, TestItems.item(1)));
    }
  }

  @Test
  void shouldLetOnlyOneWriterIn() {
    try (SegmentStore store = SegmentStore.open(folder, OF_4)) {
      StoreException refused =
          assertThrows(StoreException.class, () -> SegmentStore.open(folder, OF_4));
      assertTrue(refused.getMessage().contains("another ingestion"), refused.getMessage());
    }
    SegmentStore.open(folder, OF_4).close();
  }

  @Test
  void shouldTolerateALedgerCutAnywhereInItsLastRecord() throws IOException {
    write(0, 8);
    Path ledger = folder.resolve(FileLedger.FILE);
    byte[] whole = Files.readAllBytes(ledger);
    int lastLine = whole.length - 1;
    while (whole[lastLine - 1] != '\n') {
      lastLine--;
    }
    Path second = folder.resolve(FileLedger.readSegments(folder).get(1).file());
    byte[] segment = Files.readAllBytes(second);
    for (int length = lastLine; length < whole.length; length++) {
      Files.write(ledger, Arrays.copyOf(whole, length));
      Files.write(second, segment);
      assertEquals(4, listed().size(), "reader at " + length);
      if (length % 8 == 0 || length == whole.length - 1) {
        write(4, 8);
        assertEquals(8, listed().size(), "writer at " + length);
        assertEquals(2, files().size());
      }
    }
  }

  @Test
  void shouldIgnoreALastRecordOfZerosAndRefuseDamageBefore() throws IOException {
    write(0, 8);
    Path ledger = folder.resolve(FileLedger.FILE);
    byte[] whole = Files.readAllBytes(ledger);
    byte[] zeros = whole.clone();
    Arrays.fill(zeros, whole.length - 100, whole.length - 1, (byte) 0);
    Files.write(ledger, zeros);
    assertEquals(4, listed().size());
    byte[] damaged = whole.clone();
    damaged[whole.length / 3] ^= 1;
    Files.write(ledger, damaged);
    StoreException refused = assertThrows(StoreException.class, this::listed);
    assertTrue(
        refused.getMessage().contains("line 2 does not match its check sum"), refused.getMessage());
  }

  @Test
  void shouldRemoveLeftOversOfACrash() throws IOException {
    write(0, 4);
    Files.write(folder.resolve("segment-000001-deadbeef.arrow"), new byte[10]);
    Files.write(folder.resolve("segment-000001-deadbeef.arrow.tmp"), new byte[10]);
    write(4, 5);
    assertEquals(5, listed().size());
    assertEquals(2, files().size());
  }

  @Test
  void shouldNameADamagedSegment() throws IOException {
    write(0, 4);
    Path segment = folder.resolve(files().get(0));
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}), 900);
    }
    StoreException refused = assertThrows(StoreException.class, this::listed);
    assertTrue(
        refused.getMessage().contains("its SHA-256 is not the ledger's"), refused.getMessage());
    Files.write(segment, new byte[3]);
    assertTrue(
        assertThrows(StoreException.class, this::listed).getMessage().contains("it has 3 bytes"));
    Files.delete(segment);
    assertTrue(
        assertThrows(StoreException.class, this::listed).getMessage().contains("cannot be read"));
  }

  @Test
  void shouldStoreEveryItemOnceWhereverTheDiskFails() throws IOException {
    int operations = 0;
    for (boolean partly : new boolean[] {false, true}) {
      for (int failing = 1; ; failing++) {
        Path store = folder.resolve(partly + "-" + failing);
        FailingDisk disk = new FailingDisk(failing, partly);
        ingest(store, disk);
        operations = Math.max(operations, disk.count);
        assertWholeThenComplete(store);
        if (disk.count < failing) {
          break; // went through without failing
        }
      }
    }
    assertTrue(operations >= 12, "only " + operations + " operations");
  }

  private static void ingest(Path folder, Disk disk) {
    try (SegmentStore store = SegmentStore.open(folder, OF_4, disk, System::nanoTime)) {
      store.quarantine(new Quarantined("x:1", "x", null, QuarantineRule.BLANK, "x:1: is blank"));
      for (int i = 0; i < 10; i++) {
        if (store.find(TestItems.SCHEMA, TestItems.item(i).contentHash()).isEmpty()) {
          store.append(TestItems.SCHEMA, TestItems.item(i));
        }
      }
    } catch (StoreException crash) {
      assertTrue(crash.getMessage().contains(folder.toString()), crash.getMessage());
    }
  }

  private void assertWholeThenComplete(Path store) {
    Path outer = folder;
    folder = store;
    listed();
    ingest(store, new FailingDisk(Integer.MAX_VALUE, false));
    assertEquals(10, listed().size());
    folder = outer;
  }

  @Test
  void shouldSayInOneSentenceThatTheDiskIsFull() {
    Disk full = new FailingDisk(3, true);
    SegmentStore store = SegmentStore.open(folder, OF_4, full, System::nanoTime);
    store.append(TestItems.SCHEMA, TestItems.item(0));
    StoreException refused = assertThrows(StoreException.class, store::flush);
    assertTrue(
        refused
            .getMessage()
            .matches(
                "No space left for .*segment-000000-.*\\.arrow \\(\\d+ bytes\\): free some space and run the same command again; everything listed before is kept\\."),
        refused.getMessage());
    assertThrows(StoreException.class, () -> store.append(TestItems.SCHEMA, TestItems.item(1)));
    assertThrows(StoreException.class, store::close);
    assertEquals(List.of(), listed());
  }

  /** Fails at one operation and all later ones, as a full disk or the end of a process does. */
  private static final class FailingDisk implements Disk {
    private final int failing;
    private final boolean partly;
    private int count;

    FailingDisk(int failing, boolean partly) {
      this.failing = failing;
      this.partly = partly;
    }

    private boolean fails() {
      return ++count >= failing;
    }

    private static IOException full() {
      return new IOException("No space left on device");
    }

    @Override
    public void write(Path file, byte[] bytes) throws IOException {
      if (fails()) {
        if (partly) {
          Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        }
        throw full();
      }
      Files.write(file, bytes);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      if (fails()) {
        if (partly) {
          Disk.LOCAL.move(from, to);
        }
        throw full();
      }
      Disk.LOCAL.move(from, to);
    }

    /** Tests need no power failure. */
    @Override
    public void force(Path path) throws IOException {
      if (fails()) {
        throw full();
      }
    }

    @Override
    public boolean exists(Path path) {
      return Disk.LOCAL.exists(path);
    }

    @Override
    public boolean isFolder(Path path) {
      return Disk.LOCAL.isFolder(path);
    }

    @Override
    public List<Path> list(Path folder) throws IOException {
      return Disk.LOCAL.list(folder);
    }

    @Override
    public long sizeBytes(Path file) throws IOException {
      return Disk.LOCAL.sizeBytes(file);
    }

    @Override
    public InputStream open(Path file) throws IOException {
      return Disk.LOCAL.open(file);
    }

    @Override
    public void createFolders(Path folder) throws IOException {
      Disk.LOCAL.createFolders(folder);
    }

    @Override
    public void delete(Path file) throws IOException {
      if (fails()) {
        throw full();
      }
      Files.deleteIfExists(file);
    }

    @Override
    public Appender append(Path file, long keepBytes) throws IOException {
      Appender real = Disk.LOCAL.append(file, keepBytes);
      return new Appender() {
        @Override
        public void write(byte[] bytes) throws IOException {
          if (fails()) {
            if (partly) {
              real.write(Arrays.copyOf(bytes, bytes.length - 1));
            }
            throw full();
          }
          real.write(bytes);
        }

        @Override
        public void force() throws IOException {
          if (fails()) {
            throw full();
          }
        }

        @Override
        public void truncate(long lengthBytes) throws IOException {
          if (fails()) {
            throw full();
          }
          real.truncate(lengthBytes);
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }
  }

  @Test
  void shouldNoteAQuarantinedItemOnce() {
    Quarantined item =
        new Quarantined("m:1", "a", null, QuarantineRule.MANIFEST_LINE, "m:1: wrong");
    for (int run = 0; run < 2; run++) {
      try (SegmentStore store = SegmentStore.open(folder, OF_4)) {
        store.quarantine(item);
        store.quarantine(item);
      }
    }
    try (SegmentStore store = SegmentStore.open(folder, OF_4)) {
      assertEquals(List.of(item), store.ledger().quarantined());
      assertFalse(store.find(TestItems.SCHEMA, "nothing").isPresent());
    }
  }
}
