package io.hybnext.streams.store;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.Test;

/** Found by fuzzing: Arrow ended the process over segments whose numbers do not fit together. */
class BatchShapeTest {
  private static final Field TEXT =
      new Field("item", FieldType.notNullable(ArrowType.Utf8.INSTANCE), List.of());
  private static final List<Field> COLUMNS =
      List.of(new Field("labels", FieldType.notNullable(ArrowType.List.INSTANCE), List.of(TEXT)));

  private String refusal(int rows, int lists, int texts, int lastOffset) {
    return refusal(rows, lists, texts, lastOffset, 0, 0);
  }

  private String refusal(int rows, int lists, int texts, int lastOffset, int nulls, int marks) {
    try (BufferAllocator allocator = new RootAllocator()) {
      List<ArrowBuf> buffers = new ArrayList<>();
      for (int bytes : new int[] {0, 4 * (lists + 1), marks, 4 * (texts + 1), 8}) {
        ArrowBuf buffer = allocator.buffer(bytes);
        buffer.setZero(0, buffer.capacity()).writerIndex(bytes);
        buffers.add(buffer);
      }
      buffers.get(1).setInt(4L * lists, lastOffset);
      List<ArrowFieldNode> nodes =
          List.of(new ArrowFieldNode(lists, 0), new ArrowFieldNode(texts, nulls));
      try (ArrowRecordBatch batch = new ArrowRecordBatch(rows, nodes, buffers)) {
        return assertThrows(IOException.class, () -> BatchShape.check(batch, COLUMNS, 2, 1 << 20))
            .getMessage();
      } finally {
        buffers.forEach(ArrowBuf::close);
      }
    }
  }

  @Test
  void shouldRefuseMoreRowsThanTheLedgerLists() {
    assertTrue(refusal(3, 2, 1, 1).contains("has 3 rows"));
    assertTrue(refusal(2, 3, 1, 1).contains("labels has 3 rows"));
  }

  @Test
  void shouldRefuseNullsWhereEveryRowHasAValue() {
    assertTrue(refusal(2, 2, 1, 1, 1, 1).contains("item has rows without a value"));
    assertTrue(refusal(2, 2, 1, 1, 0, 1).contains("item has rows without a value"));
  }

  @Test
  void shouldRefuseListsThatEndBehindTheirElements() {
    assertTrue(refusal(2, 2, 1, 1_000_000).contains("item has 1 rows"));
    assertTrue(refusal(2, 2, 1, -1).contains("labels ends before its beginning in row 2"));
  }
}
