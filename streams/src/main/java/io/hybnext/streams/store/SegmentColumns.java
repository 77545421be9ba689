package io.hybnext.streams.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Names and Arrow types of a segment's columns; the item schema travels as schema metadata. */
final class SegmentColumns {
  static final String ID = "id";
  static final String CONTENT_HASH = "content_hash";
  static final String TOKENS = "tokens";
  static final String CAPTION = "caption";
  static final String FEATURE = "feature";
  static final String SPLIT = "split";
  static final String PATH = "path";
  static final String VIEW = "view";
  static final String SOURCE = "source";
  static final String LICENSE = "license";
  static final String LABELS = "labels";
  static final String EXTRA = "extra";

  private static final String TEXT_FORMAT_VERSION = "1";

  private SegmentColumns() {}

  static Schema arrow(SegmentSchema schema) {
    ArrowType int32 = new ArrowType.Int(32, true);
    ArrowType float32 = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    List<Field> fields =
        List.of(
            text(ID, false),
            text(CONTENT_HASH, false),
            list(TOKENS, new ArrowType.FixedSizeList(schema.tokensPerImage()), int32),
            text(CAPTION, false),
            list(FEATURE, new ArrowType.FixedSizeList(schema.featureDimension()), float32),
            text(SPLIT, false),
            text(PATH, false),
            text(VIEW, true),
            text(SOURCE, true),
            text(LICENSE, true),
            list(LABELS, ArrowType.List.INSTANCE, ArrowType.Utf8.INSTANCE),
            text(EXTRA, true));
    return new Schema(fields, metadata(schema));
  }

  private static Field text(String name, boolean nullable) {
    return new Field(name, new FieldType(nullable, ArrowType.Utf8.INSTANCE, null), List.of());
  }

  private static Field list(String name, ArrowType list, ArrowType element) {
    Field item = new Field("item", FieldType.notNullable(element), List.of());
    return new Field(name, FieldType.notNullable(list), List.of(item));
  }

  private static Map<String, String> metadata(SegmentSchema schema) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("hybnext.format", TEXT_FORMAT_VERSION);
    metadata.put("hybnext.tokenizer", schema.tokenizer());
    metadata.put("hybnext.encoder", schema.encoder());
    metadata.put("hybnext.codebook_size", Integer.toString(schema.codebookSize()));
    metadata.put("hybnext.preparation", schema.preparation());
    return metadata;
  }
}
