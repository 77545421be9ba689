package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors that lie in memory, to be written like those of a file. */
public final class MemoryCheckpoint implements Checkpoint {
  private final Path path;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> data = new LinkedHashMap<>();

  /**
   * Without tensors yet.
   *
   * @param path what messages name
   */
  public MemoryCheckpoint(Path path) {
    this.path = path;
  }

  /**
   * Adds a tensor.
   *
   * @param values little endian, exactly the tensor's bytes from position to limit; borrowed
   */
  public MemoryCheckpoint add(TensorEntry entry, ByteBuffer values) {
    if (values.remaining() != entry.sizeBytes()) {
      throw new IllegalArgumentException(entry + " has " + values.remaining() + " bytes");
    }
    entries.put(entry.name(), entry);
    data.put(entry.name(), values);
    return this;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    entry(name);
    return data.get(name).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    sink.take(data(name));
  }

  @Override
  public void close() {}
}
