package io.hybnext.streams.store;

import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Compares the numbers of a record batch with its columns before vectors are made of it. Arrow
 * believes them: where they do not fit, it takes memory for what they claim, or writes into the
 * read-only mapping to fill what is missing, which ends the process.
 */
final class BatchShape {
  private final List<ArrowFieldNode> nodes;
  private final List<ArrowBuf> buffers;
  private int node;
  private int buffer;

  private BatchShape(ArrowRecordBatch batch) {
    nodes = batch.getNodes();
    buffers = batch.getBuffers();
  }

  /**
   * Checks a batch.
   *
   * @param columns its schema's fields
   * @param rows that it must have
   * @param bodyBytes length of what its buffers lie in
   * @throws IOException saying what does not fit
   */
  static void check(ArrowRecordBatch batch, List<Field> columns, int rows, long bodyBytes)
      throws IOException {
    want(batch.getLength() == rows, "its record batch has " + batch.getLength() + " rows");
    for (ArrowBuffer place : batch.getBuffersLayout()) {
      boolean inside =
          place.getOffset() >= 0
              && place.getSize() >= 0
              && place.getOffset() <= bodyBytes - place.getSize();
      want(inside, "one of its buffers lies outside of it");
    }
    BatchShape shape = new BatchShape(batch);
    for (Field column : columns) {
      shape.column(column, rows);
    }
    want(
        shape.node == shape.nodes.size() && shape.buffer == shape.buffers.size(),
        "it has more columns than its schema");
  }

  private void column(Field field, long rows) throws IOException {
    want(node < nodes.size(), "it has fewer columns than its schema");
    ArrowFieldNode own = nodes.get(node++);
    want(own.getLength() == rows, field.getName() + " has " + own.getLength() + " rows");
    boolean nulls = field.isNullable() && own.getNullCount() >= 0 && own.getNullCount() <= rows;
    want(nulls || own.getNullCount() == 0, field.getName() + " has rows without a value");
    long bytes = (rows + Byte.SIZE - 1) / Byte.SIZE;
    ArrowBuf marks = next(field, own.getNullCount() == 0 ? 0 : bytes);
    if (!field.isNullable() && marks.capacity() > 0) {
      want(allSet(marks, rows), field.getName() + " has rows without a value");
    }
    ArrowType type = field.getType();
    if (type instanceof ArrowType.FixedSizeList list) {
      column(field.getChildren().get(0), Math.multiplyExact(rows, list.getListSize()));
    } else if (type instanceof ArrowType.List) {
      column(field.getChildren().get(0), end(field, rows));
    } else if (type instanceof ArrowType.Utf8) {
      next(field, end(field, rows));
    } else {
      next(field, Math.multiplyExact(rows, Integer.BYTES));
    }
  }

  private static boolean allSet(ArrowBuf marks, long rows) {
    if (marks.capacity() * Byte.SIZE < rows) {
      return false;
    }
    for (long row = 0; row < rows; row++) {
      if (((marks.getByte(row / Byte.SIZE) >> (row % Byte.SIZE)) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The last of a column's offsets; none is below the one before. */
  private long end(Field field, long rows) throws IOException {
    if (rows == 0) {
      next(field, 0);
      return 0;
    }
    ArrowBuf offsets = next(field, Integer.BYTES * (rows + 1));
    int end = 0;
    for (long row = 0; row <= rows; row++) {
      int offset = offsets.getInt(Integer.BYTES * row);
      want(offset >= end, field.getName() + " ends before its beginning in row " + row);
      end = offset;
    }
    return end;
  }

  private ArrowBuf next(Field field, long leastBytes) throws IOException {
    want(buffer < buffers.size(), "it has fewer buffers than its schema");
    ArrowBuf found = buffers.get(buffer++);
    want(found.capacity() >= leastBytes, field.getName() + " has fewer bytes than its rows");
    return found;
  }

  private static void want(boolean ok, String defect) throws IOException {
    if (!ok) {
      throw new IOException(defect);
    }
  }
}
