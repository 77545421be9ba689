package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A checkpoint of which some matrices are changed while they are read, row by row, so that no whole
 * tensor is ever held. Values are changed in fp32 and rounded to the tensor's own type. Closing it
 * closes the checkpoint.
 */
public final class ChangedCheckpoint implements Checkpoint {
  private final Checkpoint source;
  private final Map<String, RowChange> changes;

  /** Changes one row of a matrix. */
  @FunctionalInterface
  public interface RowChange {
    /**
     * Changes values in place.
     *
     * @param row its number
     * @param first number of the column of the first value
     * @param values of this row from that column on, as many as there are at once
     * @throws IOException when what it needs cannot be read
     */
    void apply(long row, int first, float[] values) throws IOException;
  }

  /**
   * Changes tensors.
   *
   * @param changes by name of a matrix of the checkpoint
   * @throws CheckpointException when one is not there or no floating matrix
   */
  public ChangedCheckpoint(Checkpoint source, Map<String, RowChange> changes)
      throws CheckpointException {
    this.source = source;
    this.changes = Map.copyOf(changes);
    for (String name : changes.keySet()) {
      TensorEntry entry = source.entry(name);
      if (entry.shape().length != 2 || !entry.type().isFloating()) {
        throw new CheckpointException(source.path() + ": " + entry + " is no matrix to change");
      }
    }
  }

  @Override
  public Path path() {
    return source.path();
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return source.entries();
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    TensorEntry entry = entry(name);
    if (!changes.containsKey(name)) {
      return source.data(name);
    }
    if (entry.sizeBytes() > Integer.MAX_VALUE) {
      throw new CheckpointException(path() + ": " + entry + " has 2 GiB or more");
    }
    ByteBuffer all = ByteBuffer.allocateDirect((int) entry.sizeBytes());
    stream(name, all::put);
    return all.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    RowChange change = changes.get(name);
    if (change == null) {
      source.stream(name, sink);
      return;
    }
    TensorEntry entry = entry(name);
    PieceSink stored = ElementWriter.converting(name, TensorType.F32, entry.type(), sink);
    Rows rows = new Rows((int) entry.shape()[1], change);
    source.stream(
        name,
        piece -> {
          float[] values = ElementReader.floats(entry.type(), piece.slice().order(piece.order()));
          rows.change(values);
          ByteBuffer changed =
              ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
          changed.asFloatBuffer().put(values);
          stored.take(changed);
        });
  }

  /** Cuts pieces, which end anywhere, at the ends of rows. */
  private static final class Rows {
    private final int columns;
    private final RowChange change;
    private long position;

    Rows(int columns, RowChange change) {
      this.columns = columns;
      this.change = change;
    }

    void change(float[] values) throws IOException {
      for (int at = 0; at < values.length; ) {
        int first = (int) (position % columns);
        int count = Math.min(columns - first, values.length - at);
        float[] part = Arrays.copyOfRange(values, at, at + count);
        change.apply(position / columns, first, part);
        System.arraycopy(part, 0, values, at, count);
        position += count;
        at += count;
      }
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
