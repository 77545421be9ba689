package io.hybnext.model.weights;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Collects tensors and writes them as one safetensors file. Wide types come first and then names in
 * order, as the format's own writer does, so that every tensor is aligned and the same tensors give
 * the same bytes. Used by one thread at a time.
 */
public final class SafetensorsWriter {

  /** Gives the bytes of a tensor when it is its turn to be written. */
  @FunctionalInterface
  public interface Source {
    /** Little-endian elements from position to limit; used before the next one is asked for. */
    ByteBuffer bytes() throws IOException;
  }

  private record Tensor(
      String name, TensorType type, List<Long> shape, long sizeBytes, PieceSource stream) {}

  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /** Adds a free text to the header. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds an F32 tensor; the values are read when the file is written. */
  public SafetensorsWriter floats(String name, float[] values, long... shape) {
    return add(
        name, TensorType.F32, shape, values.length, bytes -> bytes.asFloatBuffer().put(values));
  }

  /**
   * Adds an F16 tensor, values rounded to the nearest half, ties to even; the values are read when
   * the file is written.
   *
   * @throws IllegalArgumentException when a value is not finite or too large for F16 (65,504)
   */
  public SafetensorsWriter halves(String name, float[] values, long... shape) {
    return add(
        name,
        TensorType.F16,
        shape,
        values.length,
        bytes -> {
          for (int i = 0; i < values.length; i++) {
            bytes.putShort(i * Short.BYTES, HalfPrecision.bits(values[i]));
          }
        });
  }

  /** Adds an F64 tensor; the values are read when the file is written. */
  public SafetensorsWriter doubles(String name, double[] values, long... shape) {
    return add(
        name, TensorType.F64, shape, values.length, bytes -> bytes.asDoubleBuffer().put(values));
  }

  /** Adds an I64 tensor; the values are read when the file is written. */
  public SafetensorsWriter longs(String name, long[] values, long... shape) {
    return add(
        name, TensorType.I64, shape, values.length, bytes -> bytes.asLongBuffer().put(values));
  }

  /** Adds a U8 tensor; the values are read when the file is written. */
  public SafetensorsWriter bytes(String name, byte[] values, long... shape) {
    return add(name, TensorType.U8, shape, () -> ByteBuffer.wrap(values));
  }

  /** Adds a tensor whose elements are put into a buffer that has just room for them. */
  private SafetensorsWriter add(
      String name, TensorType type, long[] shape, int elements, Consumer<ByteBuffer> put) {
    return add(
        name,
        type,
        shape,
        () -> {
          int length = Math.multiplyExact(type.sizeBytes(), elements);
          ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
          put.accept(bytes);
          return bytes;
        });
  }

  /**
   * Adds a tensor of any type.
   *
   * @param source asked once a {@link #write}
   * @throws IllegalArgumentException when the name is taken or the shape impossible
   */
  public SafetensorsWriter add(String name, TensorType type, long[] shape, Source source) {
    return addStream(name, type, shape, sink -> sink.take(source.bytes()));
  }

  /**
   * Adds a tensor of any type and length, which is never in memory as a whole.
   *
   * @param stream asked once a {@link #write}
   * @throws IllegalArgumentException when the name is taken or the shape impossible
   */
  public SafetensorsWriter addStream(
      String name, TensorType type, long[] shape, PieceSource stream) {
    if (name.equals("__metadata__") || !names.add(name)) {
      throw new IllegalArgumentException("tensor '" + name + "': want a name not yet taken");
    }
    long sizeBytes = type.sizeBytes();
    List<Long> lengths = new ArrayList<>();
    for (long length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException("tensor '" + name + "': want lengths of at least 0");
      }
      sizeBytes = Math.multiplyExact(sizeBytes, length);
      lengths.add(length);
    }
    tensors.add(new Tensor(name, type, lengths, sizeBytes, stream));
    return this;
  }

  /**
   * Adds a tensor of a checkpoint as it is.
   *
   * @param checkpoint stays open until everything is written
   * @throws CheckpointException when it has none of this name
   */
  public SafetensorsWriter addFrom(Checkpoint checkpoint, String name) throws CheckpointException {
    TensorEntry entry = checkpoint.entry(name);
    return addStream(name, entry.type(), entry.shape(), sink -> checkpoint.stream(name, sink));
  }

  /**
   * Writes the file and flushes it to disk: the target is the old file or the whole new one,
   * whatever happens.
   *
   * @throws IOException when the disk fails or is full; the target is then as before
   */
  public void write(Path target) throws IOException {
    AtomicFile.write(target, this::writeTo);
  }

  private void writeTo(Path file) throws IOException {
    List<Tensor> ordered = new ArrayList<>(tensors);
    ordered.sort(
        Comparator.comparingInt((Tensor t) -> -t.type().sizeBytes()).thenComparing(Tensor::name));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, header(ordered));
      for (Tensor tensor : ordered) {
        write(tensor, channel);
      }
    }
  }

  private static void write(Tensor tensor, FileChannel channel) throws IOException {
    long[] written = new long[1];
    tensor.stream()
        .writeTo(
            piece -> {
              written[0] += piece.remaining();
              writeFully(channel, piece.duplicate());
            });
    if (written[0] != tensor.sizeBytes()) {
      throw new IllegalStateException(
          String.format(
              "tensor '%s' %s%s: got %d bytes, want %d",
              tensor.name(), tensor.type(), tensor.shape(), written[0], tensor.sizeBytes()));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private ByteBuffer header(List<Tensor> ordered) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = new ObjectMapper().getFactory().createGenerator(json)) {
      generator.writeStartObject();
      if (!metadata.isEmpty()) {
        generator.writePOJOField("__metadata__", metadata);
      }
      long begin = 0;
      for (Tensor tensor : ordered) {
        generator.writeObjectFieldStart(tensor.name());
        generator.writeStringField("dtype", tensor.type().name());
        generator.writePOJOField("shape", tensor.shape());
        generator.writePOJOField("data_offsets", List.of(begin, begin + tensor.sizeBytes()));
        generator.writeEndObject();
        begin += tensor.sizeBytes();
      }
      generator.writeEndObject();
    }
    while (json.size() % 8 != 0) {
      json.write(' '); // the first tensor starts on a multiple of 8
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.size()).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(json.size()).put(json.toByteArray()).flip();
  }
}
