package io.hybnext.streams.store;

import io.hybnext.streams.item.Provenance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;

/** Turns items into the bytes of an Arrow IPC file with one record batch. */
final class SegmentWriter {
  private SegmentWriter() {}

  /** The file of these items, at least one, all of the schema. */
  static byte[] encode(SegmentSchema schema, List<ItemRecord> items) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(SegmentColumns.arrow(schema), allocator);
        ArrowFileWriter writer = new ArrowFileWriter(root, null, Channels.newChannel(bytes))) {
      fill(root, schema, items);
      writer.start();
      writer.writeBatch();
      writer.end();
    } catch (IOException impossible) {
      throw new IllegalStateException("writing to memory does not fail", impossible);
    }
    return bytes.toByteArray();
  }

  private static void fill(VectorSchemaRoot root, SegmentSchema schema, List<ItemRecord> items) {
    root.getFieldVectors().forEach(FieldVector::allocateNew);
    text(root, SegmentColumns.ID, items, ItemRecord::id);
    text(root, SegmentColumns.CONTENT_HASH, items, ItemRecord::contentHash);
    text(root, SegmentColumns.CAPTION, items, ItemRecord::caption);
    text(root, SegmentColumns.SPLIT, items, ItemRecord::split);
    text(root, SegmentColumns.PATH, items, ItemRecord::path);
    text(root, SegmentColumns.VIEW, items, item -> item.provenance().view());
    text(root, SegmentColumns.SOURCE, items, item -> item.provenance().source());
    text(root, SegmentColumns.LICENSE, items, item -> item.provenance().license());
    text(root, SegmentColumns.EXTRA, items, item -> item.provenance().extra());
    tokens((FixedSizeListVector) root.getVector(SegmentColumns.TOKENS), schema, items);
    features((FixedSizeListVector) root.getVector(SegmentColumns.FEATURE), schema, items);
    labels((ListVector) root.getVector(SegmentColumns.LABELS), items);
    root.setRowCount(items.size());
  }

  private static void text(
      VectorSchemaRoot root,
      String column,
      List<ItemRecord> items,
      Function<ItemRecord, String> value) {
    VarCharVector vector = (VarCharVector) root.getVector(column);
    for (int row = 0; row < items.size(); row++) {
      String text = value.apply(items.get(row));
      if (text != null) {
        vector.setSafe(row, text.getBytes(StandardCharsets.UTF_8));
      }
    }
    vector.setValueCount(items.size());
  }

  private static void tokens(
      FixedSizeListVector list, SegmentSchema schema, List<ItemRecord> items) {
    IntVector values = (IntVector) list.getDataVector();
    values.allocateNew(items.size() * schema.tokensPerImage());
    int at = 0;
    for (int row = 0; row < items.size(); row++) {
      list.setNotNull(row);
      for (int token : items.get(row).tokens()) {
        values.set(at++, token);
      }
    }
    values.setValueCount(at);
    list.setValueCount(items.size());
  }

  private static void features(
      FixedSizeListVector list, SegmentSchema schema, List<ItemRecord> items) {
    Float4Vector values = (Float4Vector) list.getDataVector();
    values.allocateNew(items.size() * schema.featureDimension());
    int at = 0;
    for (int row = 0; row < items.size(); row++) {
      list.setNotNull(row);
      for (float number : items.get(row).feature()) {
        values.set(at++, number);
      }
    }
    values.setValueCount(at);
    list.setValueCount(items.size());
  }

  private static void labels(ListVector list, List<ItemRecord> items) {
    VarCharVector values = (VarCharVector) list.getDataVector();
    int at = 0;
    for (int row = 0; row < items.size(); row++) {
      Provenance provenance = items.get(row).provenance();
      list.startNewValue(row);
      for (String label : provenance.labels()) {
        values.setSafe(at++, label.getBytes(StandardCharsets.UTF_8));
      }
      list.endValue(row, provenance.labels().size());
    }
    values.setValueCount(at);
    list.setValueCount(items.size());
  }
}
