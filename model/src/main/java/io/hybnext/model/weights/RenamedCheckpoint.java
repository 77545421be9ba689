package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A checkpoint under other key names. Closing it closes the checkpoint. */
public final class RenamedCheckpoint implements Checkpoint {
  private final Checkpoint source;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();

  /**
   * Renames every tensor.
   *
   * @param name the new name of each; no two get the same
   */
  public RenamedCheckpoint(Checkpoint source, UnaryOperator<String> name) {
    this.source = source;
    for (TensorEntry entry : source.entries().values()) {
      String renamed = name.apply(entry.name());
      if (origins.put(renamed, entry.name()) != null) {
        throw new IllegalArgumentException("two tensors are called " + renamed);
      }
      entries.put(renamed, TensorEntry.of(renamed, entry.type(), entry.shape()));
    }
  }

  @Override
  public Path path() {
    return source.path();
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    entry(name);
    return source.data(origins.get(name));
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    entry(name);
    source.stream(origins.get(name), sink);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
