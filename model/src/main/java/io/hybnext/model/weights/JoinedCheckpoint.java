package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several checkpoints as one, e.g. a network and its projector. Closing it closes all. */
public final class JoinedCheckpoint implements Checkpoint {
  private final List<Checkpoint> parts;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();
  private final Map<String, Checkpoint> places = new LinkedHashMap<>();

  /**
   * Joins checkpoints in their order.
   *
   * @param parts at least one; owned by this one
   * @throws CheckpointException when two hold a tensor of the same name
   */
  public JoinedCheckpoint(List<Checkpoint> parts) throws CheckpointException {
    this.parts = List.copyOf(parts);
    for (Checkpoint part : parts) {
      for (TensorEntry entry : part.entries().values()) {
        Checkpoint other = places.put(entry.name(), part);
        if (other != null) {
          throw new CheckpointException(
              "both " + other.path() + " and " + part.path() + " hold tensor " + entry.name());
        }
        entries.put(entry.name(), entry);
      }
    }
  }

  @Override
  public Path path() {
    return parts.get(0).path();
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    entry(name);
    return places.get(name).data(name);
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    entry(name);
    places.get(name).stream(name, sink);
  }

  @Override
  public void close() throws IOException {
    for (Checkpoint part : parts) {
      part.close();
    }
  }
}
