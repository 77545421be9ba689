package io.hybnext.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file open for reading. The header is checked as a whole when it is opened: its
 * length, its JSON, known types, no overlap and no hole between tensors, nothing beyond the end of
 * the file. Tensors are mapped into memory when asked for, so opening a file of any size costs
 * little. Thread-safe.
 */
public final class SafetensorsFile implements AutoCloseable {
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

  /** The file. */
  public Path path() {
    return path;
  }

  /** Names of all tensors, in the order of their bytes. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** All tensors by name, in the order of their bytes. */
  public Map<String, TensorEntry> entries() {
    return header.entries();
  }

  /** Free texts that the writer put in. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Whether there is a tensor of this name. */
  public boolean contains(String name) {
    return header.entries().containsKey(name);
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws SafetensorsException when there is none of this name
   */
  public TensorEntry entry(String name) throws SafetensorsException {
    TensorEntry entry = header.entries().get(name);
    if (entry == null) {
      throw new SafetensorsException(
          path + " has no tensor '" + name + "'; it holds " + names().size() + " others");
    }
    return entry;
  }

  /**
   * The bytes of a tensor: mapped, read-only, little-endian, valid after this file is closed.
   *
   * @throws SafetensorsException when there is none of this name or it is beyond 2 GiB
   */
  public ByteBuffer data(String name) throws IOException {
    TensorEntry entry = entry(name);
    if (entry.sizeBytes() > Integer.MAX_VALUE) {
      throw new SafetensorsException(
          path + ": tensor '" + name + "' has " + entry.sizeBytes() + " bytes, want below 2 GiB");
    }
    return channel
        .map(MapMode.READ_ONLY, dataOffset + entry.beginBytes(), entry.sizeBytes())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements as fp32, converted from any type; BOOL gives 0 and 1. The caller owns them. */
  public float[] floats(String name) throws IOException {
    return ElementReader.floats(entry(name).type(), data(name));
  }

  /** The elements as fp64, converted from any type; BOOL gives 0 and 1. The caller owns them. */
  public double[] doubles(String name) throws IOException {
    return ElementReader.doubles(entry(name).type(), data(name));
  }

  /**
   * The elements of an integer or BOOL tensor. The caller owns them.
   *
   * @throws SafetensorsException when the type is a floating one
   */
  public long[] longs(String name) throws IOException {
    TensorEntry entry = entry(name);
    if (entry.type().isFloating()) {
      throw new SafetensorsException(path + ": " + entry + " holds no integers");
    }
    return ElementReader.longs(entry.type(), data(name));
  }

  /**
   * The elements of a U8 or BOOL tensor. The caller owns them.
   *
   * @throws SafetensorsException when elements are wider than a byte
   */
  public byte[] bytes(String name) throws IOException {
    TensorEntry entry = entry(name);
    if (entry.type().sizeBytes() != 1) {
      throw new SafetensorsException(path + ": " + entry + " holds no bytes");
    }
    byte[] values = new byte[(int) entry.sizeBytes()];
    data(name).get(values);
    return values;
  }

  /** Closes the file; buffers from {@link #data} stay valid. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
