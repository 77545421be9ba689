package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Some tensors of a checkpoint, in an order of choice, floating ones converted to one type while
 * they are read. Closing it closes the checkpoint.
 */
public final class CheckpointView implements Checkpoint {
  private final Checkpoint source;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();

  /**
   * Selects tensors.
   *
   * @param names in the order in which they shall appear
   * @param type of floating tensors; empty to leave each as it is
   * @throws CheckpointException when one of them is not there
   */
  public CheckpointView(Checkpoint source, Collection<String> names, Optional<TensorType> type)
      throws CheckpointException {
    this.source = source;
    for (String name : names) {
      TensorEntry entry = source.entry(name);
      TensorType shown = entry.type().isFloating() ? type.orElse(entry.type()) : entry.type();
      entries.put(name, TensorEntry.of(name, shown, entry.shape()));
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
    TensorEntry shown = entry(name);
    if (shown.type() == source.entry(name).type()) {
      return source.data(name);
    }
    if (shown.sizeBytes() > Integer.MAX_VALUE) {
      throw new CheckpointException(
          path() + ": tensor '" + name + "' has " + shown.sizeBytes() + " bytes, want below 2 GiB");
    }
    ByteBuffer all = ByteBuffer.allocateDirect((int) shown.sizeBytes());
    stream(name, all::put);
    return all.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    TensorType to = entry(name).type();
    source.stream(name, ElementWriter.converting(name, source.entry(name).type(), to, sink));
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
