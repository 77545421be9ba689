package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the entries of a zip file lie, for zip files whose entries are stored as they are. Java's
 * own reader does not tell offsets, so that nothing could be mapped. Format: PKWARE's APPNOTE.TXT,
 * sections 4.3.7 to 4.3.16.
 */
final class TorchZip {
  private static final int END_BYTES = 22;
  private static final int LONGEST_COMMENT = 65_535;
  private static final int MOST_DIRECTORY_BYTES = 64 << 20;
  private static final int END = 0x06054b50;
  private static final int END_64_LOCATOR = 0x07064b50;
  private static final int END_64 = 0x06064b50;
  private static final int ENTRY = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final long IN_EXTRA_FIELD = 0xffffffffL;

  private final String path;
  private final FileChannel channel;
  private final long fileBytes;
  private final Map<String, FileRange> entries = new LinkedHashMap<>();

  /** Where the directory lies. */
  private record Directory(long offset, long sizeBytes) {}

  private TorchZip(String path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.fileBytes = channel.size();
  }

  /**
   * Reads the directory of a zip file.
   *
   * @throws CheckpointException with the defect, without the file's name
   */
  static Map<String, FileRange> entries(String path, FileChannel channel) throws IOException {
    TorchZip zip = new TorchZip(path, channel);
    zip.read(zip.directory());
    return zip.entries;
  }

  private ByteBuffer map(long offset, long sizeBytes) throws IOException {
    want(offset >= 0 && sizeBytes >= 0 && offset <= fileBytes - sizeBytes, "points beyond its end");
    return channel.map(MapMode.READ_ONLY, offset, sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Directory directory() throws IOException {
    long searched = Math.min(fileBytes, END_BYTES + LONGEST_COMMENT);
    long from = fileBytes - searched;
    ByteBuffer tail = map(from, searched);
    for (int at = (int) searched - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END
          && at + END_BYTES + (tail.getShort(at + 20) & 0xffff) == searched) {
        if (at >= 20 && tail.getInt(at - 20) == END_64_LOCATOR) {
          return directory64(tail.getLong(at - 12));
        }
        return new Directory(unsigned(tail, at + 16), unsigned(tail, at + 12));
      }
    }
    throw new CheckpointException("it has no zip directory at its end, so it was cut off");
  }

  private Directory directory64(long offset) throws IOException {
    want(offset <= fileBytes - 56, "points beyond its end");
    ByteBuffer end = map(offset, 56);
    want(end.getInt(0) == END_64, "has no 64-bit directory where it should be");
    return new Directory(end.getLong(48), end.getLong(40));
  }

  private void read(Directory directory) throws IOException {
    want(directory.sizeBytes() <= MOST_DIRECTORY_BYTES, "has a directory of more than 64 MiB");
    ByteBuffer all = map(directory.offset(), directory.sizeBytes());
    while (all.remaining() >= 46) {
      int at = all.position();
      want(all.getInt(at) == ENTRY, "has a damaged directory");
      int nameBytes = all.getShort(at + 28) & 0xffff;
      int extraBytes = all.getShort(at + 30) & 0xffff;
      int commentBytes = all.getShort(at + 32) & 0xffff;
      int entryBytes = 46 + nameBytes + extraBytes + commentBytes;
      want(entryBytes <= all.remaining(), "has a damaged directory");
      byte[] name = new byte[nameBytes];
      all.get(at + 46, name);
      add(all, at, new String(name, StandardCharsets.UTF_8), extraBytes, directory.offset());
      all.position(at + entryBytes);
    }
    want(!all.hasRemaining(), "has a damaged directory");
  }

  private void add(ByteBuffer all, int at, String name, int extraBytes, long end)
      throws IOException {
    long packedBytes = unsigned(all, at + 20);
    long sizeBytes = unsigned(all, at + 24);
    long offset = unsigned(all, at + 42);
    int extra = at + 46 + (all.getShort(at + 28) & 0xffff);
    for (int next = extra; next + 4 <= extra + extraBytes; ) {
      int fieldBytes = all.getShort(next + 2) & 0xffff;
      int fieldEnd = next + 4 + fieldBytes;
      want(fieldEnd <= extra + extraBytes, "has a damaged directory");
      if (all.getShort(next) == 1) { // 64-bit values of those fields that are all ones, in order
        int place = next + 4;
        if (sizeBytes == IN_EXTRA_FIELD) {
          sizeBytes = wide(all, place, fieldEnd);
          place += 8;
        }
        if (packedBytes == IN_EXTRA_FIELD) {
          packedBytes = wide(all, place, fieldEnd);
          place += 8;
        }
        if (offset == IN_EXTRA_FIELD) {
          offset = wide(all, place, fieldEnd);
        }
      }
      next = fieldEnd;
    }
    boolean stored = all.getShort(at + 10) == 0 && packedBytes == sizeBytes;
    boolean plain = stored && (all.getShort(at + 8) & 1) == 0;
    boolean program = name.contains("/code/"); // of TorchScript, which is refused later by name
    want(plain || program, "has compressed or encrypted entries");
    if (plain) {
      put(name, offset, sizeBytes, end);
    }
  }

  private long wide(ByteBuffer all, int place, int end) throws CheckpointException {
    want(place + 8 <= end, "has a damaged directory");
    return all.getLong(place);
  }

  private void put(String name, long offset, long sizeBytes, long end) throws IOException {
    want(offset >= 0 && sizeBytes >= 0 && offset <= end - 30, "points beyond its end");
    ByteBuffer local = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    while (local.hasRemaining() && channel.read(local, offset + local.position()) >= 0) {
      // a read may stop short
    }
    want(local.getInt(0) == LOCAL, "has an entry without its header");
    long begin = offset + 30 + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
    want(begin <= end - sizeBytes, "has an entry that ends behind its directory");
    FileRange range = new FileRange(path + ": entry " + name, channel, begin, sizeBytes);
    want(entries.putIfAbsent(name, range) == null, "has two entries of one name");
  }

  private static long unsigned(ByteBuffer bytes, int at) {
    return bytes.getInt(at) & 0xffffffffL;
  }

  private static void want(boolean ok, String defect) throws CheckpointException {
    if (!ok) {
      throw new CheckpointException("its zip container " + defect);
    }
  }
}
