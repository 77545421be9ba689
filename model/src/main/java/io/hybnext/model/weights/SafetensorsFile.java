package io.hybnext.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A safetensors file open for reading. The header is checked as a whole when it is opened: its
 * length, its JSON, known types, no overlap and no hole between tensors, nothing beyond the end of
 * the file. Tensors are mapped into memory when asked for, so opening a file of any size costs
 * little. {@link #entries} are in the order of their bytes. Thread-safe.
 */
public final class SafetensorsFile implements Checkpoint {
  private static final int LENGTH_BYTES = 8;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataOffset;

  private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header, long offset) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataOffset = offset;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws SafetensorsException when it is missing, damaged or no safetensors file
   * @throws IOException when the disk fails
   */
  public static SafetensorsFile open(Path path) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(path + ": no such file; give the path of a .safetensors file");
    }
    try {
      return open(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SafetensorsFile open(Path path, FileChannel channel) throws IOException {
    try {
      long fileBytes = channel.size();
      byte[] json = new byte[headerLength(channel, fileBytes)];
      read(channel, ByteBuffer.wrap(json), LENGTH_BYTES);
      long dataOffset = LENGTH_BYTES + (long) json.length;
      SafetensorsHeader header = SafetensorsHeader.parse(json, fileBytes - dataOffset);
      return new SafetensorsFile(path, channel, header, dataOffset);
    } catch (SafetensorsException defect) {
      throw new SafetensorsException(
          path
              + " is no sound safetensors file: "
              + defect.getMessage()
              + "; fetch or export the file again",
          defect);
    }
  }

  private static int headerLength(FileChannel channel, long fileBytes) throws IOException {
    if (fileBytes < LENGTH_BYTES) {
      throw new SafetensorsException(
          "it has " + fileBytes + " bytes, but the length of the header alone takes 8");
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    read(channel, length, 0);
    long headerBytes = length.getLong(0);
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_LENGTH_BYTES) {
      throw new SafetensorsException(
          String.format(
              "it claims a header of %s bytes, want at most %d",
              Long.toUnsignedString(headerBytes), SafetensorsHeader.MAX_LENGTH_BYTES));
    }
    if (headerBytes > fileBytes - LENGTH_BYTES) {
      throw new SafetensorsException(
          String.format("it has %d bytes, but claims a header of %d", fileBytes, headerBytes));
    }
    return (int) headerBytes;
  }

  private static void read(FileChannel channel, ByteBuffer target, long position)
      throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new EOFException("file became shorter while it was read");
      }
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return header.entries();
  }

  /** Free texts that the writer put in. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    return range(name).map();
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    range(name).stream(sink);
  }

  private FileRange range(String name) throws IOException {
    TensorEntry entry = entry(name);
    return new FileRange(
        path + ": tensor '" + name + "'",
        channel,
        dataOffset + entry.beginBytes(),
        entry.sizeBytes());
  }

  /** Closes the file; buffers from {@link #data} stay valid. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
