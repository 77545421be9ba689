package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors in a file or several: a safetensors file, one that {@code torch.save} wrote, or
 * shards of either with their index. What it says about its tensors was checked when it was opened;
 * their bytes stay in the page cache until asked for. Safe for use by several threads.
 */
public interface Checkpoint extends AutoCloseable {

  /**
   * Opens a checkpoint of any format.
   *
   * @param path a file, an index ({@code *.index.json}), or a folder that holds one of them under a
   *     usual name ({@code model.safetensors}, {@code pytorch_model.bin} and their indexes)
   * @throws CheckpointException when it is missing, damaged or no checkpoint
   * @throws IOException when the disk fails
   */
  static Checkpoint open(Path path) throws IOException {
    return CheckpointFormat.open(path);
  }

  /** The file or folder. */
  Path path();

  /** All tensors by name. */
  Map<String, TensorEntry> entries();

  /**
   * The bytes of a tensor as one read-only, little-endian buffer, valid after this is closed: a
   * memory map, or, for a view that is not contiguous, a copy.
   *
   * @throws CheckpointException when there is none of this name or it has 2 GiB or more
   */
  ByteBuffer data(String name) throws IOException;

  /**
   * Hands the bytes of a tensor on in pieces of 1 MiB; it may have any length.
   *
   * @throws CheckpointException when there is none of this name
   */
  void stream(String name, PieceSink sink) throws IOException;

  /** Names of all tensors. */
  default Set<String> names() {
    return entries().keySet();
  }

  /** Whether there is a tensor of this name. */
  default boolean contains(String name) {
    return entries().containsKey(name);
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws CheckpointException when there is none of this name
   */
  default TensorEntry entry(String name) throws CheckpointException {
    TensorEntry entry = entries().get(name);
    if (entry == null) {
      throw new CheckpointException(
          path() + " has no tensor '" + name + "'; it holds " + entries().size() + " others");
    }
    return entry;
  }

  /** The elements as fp32, converted from any type; BOOL gives 0 and 1. The caller owns them. */
  default float[] floats(String name) throws IOException {
    return ElementReader.floats(entry(name).type(), data(name));
  }

  /** The elements as fp64, converted from any type; BOOL gives 0 and 1. The caller owns them. */
  default double[] doubles(String name) throws IOException {
    return ElementReader.doubles(entry(name).type(), data(name));
  }

  /**
   * The elements of an integer or BOOL tensor. The caller owns them.
   *
   * @throws CheckpointException when the type is a floating one
   */
  default long[] longs(String name) throws IOException {
    TensorEntry entry = entry(name);
    if (entry.type().isFloating()) {
      throw new CheckpointException(path() + ": " + entry + " holds no integers");
    }
    return ElementReader.longs(entry.type(), data(name));
  }

  /**
   * The elements of a U8 or BOOL tensor. The caller owns them.
   *
   * @throws CheckpointException when elements are wider than a byte
   */
  default byte[] bytes(String name) throws IOException {
    TensorEntry entry = entry(name);
    if (entry.type().sizeBytes() != 1) {
      throw new CheckpointException(path() + ": " + entry + " holds no bytes");
    }
    byte[] values = new byte[(int) entry.sizeBytes()];
    data(name).get(values);
    return values;
  }

  /** Closes the files; buffers from {@link #data} stay valid. */
  @Override
  void close() throws IOException;
}
