package io.hybnext.model.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip file of stored entries whose bytes start on multiples of 64, as {@code torch.save}
 * does, so that PyTorch can map them. Files beyond 4 GiB have 64-bit directories. Format: PKWARE's
 * APPNOTE.TXT, sections 4.3.7 to 4.3.16.
 */
final class ZipWriter implements Closeable {
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_BYTES = 30;
  private static final int CRC_OFFSET = 14;
  private static final long LARGEST = 0xffffffffL;
  private static final int PADDING_ID = 0x4246; // what torch.save pads with
  private static final int WIDE_ID = 1;

  private final FileChannel channel;
  private final List<Entry> entries = new ArrayList<>();

  /** What the directory says about an entry. */
  private record Entry(byte[] name, long offset, long sizeBytes, int crc) {}

  /** Starts a file that does not exist yet. */
  ZipWriter(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Adds an entry of a few bytes. */
  void add(String name, byte[] content) throws IOException {
    add(name, content.length, sink -> sink.take(ByteBuffer.wrap(content)));
  }

  /** Adds an entry; the stream gives exactly as many bytes. */
  void add(String name, long sizeBytes, PieceSource stream) throws IOException {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    long offset = channel.position();
    write(local(nameBytes, sizeBytes, offset));
    CRC32 crc = new CRC32();
    long begin = channel.position();
    stream.writeTo(
        piece -> {
          crc.update(piece.duplicate());
          write(piece.duplicate());
        });
    if (channel.position() - begin != sizeBytes) {
      throw new IllegalStateException(
          name + ": got " + (channel.position() - begin) + " bytes, want " + sizeBytes);
    }
    int checksum = (int) crc.getValue();
    channel.write(buffer(4).putInt(checksum).flip(), offset + CRC_OFFSET);
    entries.add(new Entry(nameBytes, offset, sizeBytes, checksum));
  }

  private static ByteBuffer buffer(int sizeBytes) {
    return ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static ByteBuffer local(byte[] name, long sizeBytes, long offset) {
    int wide = sizeBytes >= LARGEST ? 20 : 0;
    long end = offset + LOCAL_BYTES + name.length + wide + 4;
    int padding = (int) (Math.floorMod(-end, (long) ALIGNMENT));
    ByteBuffer local = buffer(LOCAL_BYTES + name.length + wide + 4 + padding);
    local.putInt(0x04034b50);
    common(local, name, sizeBytes, 0, wide + 4 + padding);
    local.put(name);
    if (wide > 0) {
      local.putShort((short) WIDE_ID).putShort((short) 16).putLong(sizeBytes).putLong(sizeBytes);
    }
    return local
        .putShort((short) PADDING_ID)
        .putShort((short) padding)
        .put(new byte[padding])
        .flip();
  }

  /** The fields that an entry and its line in the directory share, in the same order. */
  private static void common(
      ByteBuffer bytes, byte[] name, long sizeBytes, int crc, int extraBytes) {
    bytes.putShort((short) 45); // version that knows 64-bit sizes
    bytes.putShort((short) 0x0800); // names are UTF-8
    bytes.putShort((short) 0); // stored
    bytes.putShort((short) 0).putShort((short) 0x21); // midnight, 1 January 1980: equal bytes
    bytes.putInt(crc);
    bytes.putInt((int) Math.min(sizeBytes, LARGEST)).putInt((int) Math.min(sizeBytes, LARGEST));
    bytes.putShort((short) name.length).putShort((short) extraBytes);
  }

  /** Writes the directory and flushes everything to the disk. */
  void finish() throws IOException {
    long begin = channel.position();
    for (Entry entry : entries) {
      write(line(entry));
    }
    long length = channel.position() - begin;
    long count = entries.size();
    ByteBuffer end = buffer(56 + 20 + 22);
    end.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
    end.putInt(0).putInt(0).putLong(count).putLong(count).putLong(length).putLong(begin);
    end.putInt(0x07064b50).putInt(0).putLong(begin + length).putInt(1);
    short shortCount = (short) Math.min(count, 0xffff);
    end.putInt(0x06054b50).putInt(0).putShort(shortCount).putShort(shortCount);
    end.putInt((int) Math.min(length, LARGEST)).putInt((int) Math.min(begin, LARGEST));
    end.putShort((short) 0);
    write(end.flip());
    channel.force(true);
  }

  private static ByteBuffer line(Entry entry) {
    boolean wideSize = entry.sizeBytes() >= LARGEST;
    boolean wideOffset = entry.offset() >= LARGEST;
    int wide = (wideSize ? 16 : 0) + (wideOffset ? 8 : 0);
    int extraBytes = wide > 0 ? 4 + wide : 0;
    ByteBuffer line = buffer(46 + entry.name().length + extraBytes);
    line.putInt(0x02014b50).putShort((short) 45);
    common(line, entry.name(), entry.sizeBytes(), entry.crc(), extraBytes);
    line.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    line.putInt((int) Math.min(entry.offset(), LARGEST));
    line.put(entry.name());
    if (wide > 0) {
      line.putShort((short) WIDE_ID).putShort((short) wide);
    }
    if (wideSize) {
      line.putLong(entry.sizeBytes()).putLong(entry.sizeBytes());
    }
    if (wideOffset) {
      line.putLong(entry.offset());
    }
    return line.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
