package io.hybnext.streams.store;

import io.hybnext.file.FileFailure;
import io.hybnext.streams.store.LedgerLine.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The studies of a store that were withdrawn: check-summed lines in a file of their own, as they
 * come while an ingestion and trainers have the store open. All of these see a withdrawal at their
 * next look. Segments stay as they are, so a run's data snapshot does not change. Thread-safe.
 */
public final class Withdrawals {
  /** Name of the file in the store's folder. */
  public static final String FILE = "withdrawn.jsonl";

  private final Path file;
  private long readBytes = -1;
  private volatile Set<String> studies = Set.of();

  /** The withdrawals of a store. */
  public Withdrawals(Path storeFolder) {
    file = storeFolder.resolve(FILE);
  }

  /** Whether an item may not be used: its study, or it by itself, was withdrawn. */
  public boolean covers(StoredItem item) {
    return covers(item.study(), item.id());
  }

  /**
   * The same of an item that is not stored yet.
   *
   * @param study null when unknown
   */
  public boolean covers(String study, String id) {
    Set<String> withdrawn = look();
    return !withdrawn.isEmpty()
        && (withdrawn.contains(id) || (study != null && withdrawn.contains(study)));
  }

  /** All of them, in order. */
  public List<Withdrawal> all() {
    try {
      return parse(bytes()).found;
    } catch (IOException error) {
      throw cannot("read", error);
    }
  }

  /**
   * Notes a withdrawal; when this returns, a crash cannot undo it.
   *
   * @return false when it was noted already
   * @throws StoreException when it cannot be written
   */
  public boolean add(Withdrawal withdrawal) {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Lines lines = parse(bytes());
      boolean known =
          !lock.isValid()
              || lines.found.stream().anyMatch(one -> one.study().equals(withdrawal.study()));
      if (known) {
        return false;
      }
      channel.truncate(lines.wholeBytes); // the trace of a crash
      channel.position(lines.wholeBytes);
      ByteBuffer line = ByteBuffer.wrap(LedgerLine.encode(new Entry(withdrawal)));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
      return true;
    } catch (IOException error) {
      throw cannot("write", error);
    }
  }

  /** Reads the file again when it has grown. */
  private Set<String> look() {
    try {
      long nowBytes = Files.exists(file) ? Files.size(file) : 0;
      synchronized (this) {
        if (nowBytes != readBytes) {
          Set<String> found = new HashSet<>();
          parse(bytes()).found.forEach(withdrawal -> found.add(withdrawal.study()));
          studies = found;
          readBytes = nowBytes;
        }
        return studies;
      }
    } catch (IOException error) {
      throw cannot("read", error);
    }
  }

  private byte[] bytes() throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
  }

  private record Lines(List<Withdrawal> found, long wholeBytes) {}

  /** A last line that is not whole is the trace of a crash; other damage is an error. */
  private Lines parse(byte[] bytes) throws IOException {
    List<Withdrawal> found = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        Entry entry = LedgerLine.decode(Arrays.copyOfRange(bytes, start, at));
        if (entry.withdrawal() == null) {
          throw new IOException("a line holds no withdrawal");
        }
        found.add(entry.withdrawal());
        start = at + 1;
      }
    }
    return new Lines(found, start);
  }

  /** Nothing may be read past this: an item could be one that was withdrawn. */
  private StoreException cannot(String what, IOException error) {
    return new StoreException(
        "The withdrawals "
            + file
            + " cannot be "
            + (what.equals("read") ? "read" : "written")
            + " ("
            + FileFailure.explain(error)
            + "): mend the file, no data are used without it.",
        error);
  }
}
