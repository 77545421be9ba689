package io.hybnext.streams.store;

import io.hybnext.file.Sha256;
import io.hybnext.streams.item.Provenance;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.SeekableReadChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageMetadataResult;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A segment as memory-mapped Arrow vectors: nothing but the rows asked for is copied to the heap.
 * Safe for several readers at once. The mapping is given back by the garbage collector after {@link
 * #close}.
 */
final class MappedSegment implements AutoCloseable {
  private final SegmentRecord record;
  private final VectorSchemaRoot root;

  private MappedSegment(SegmentRecord record, VectorSchemaRoot root) {
    this.record = record;
    this.root = root;
  }

  /**
   * Maps a listed segment after checking its length and check sum.
   *
   * @param allocator counts the mapped bytes; outlives the segment
   * @throws StoreException when the file is missing, damaged or not what the ledger says
   */
  static MappedSegment open(Path folder, SegmentRecord record, BufferAllocator allocator) {
    Path file = folder.resolve(record.file());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != record.sizeBytes()) {
        throw damaged(
            file,
            "it has " + channel.size() + " bytes, the ledger says " + record.sizeBytes(),
            null);
      }
      MappedByteBuffer mapping = channel.map(MapMode.READ_ONLY, 0, record.sizeBytes());
      if (!Sha256.hex(mapping).equals(record.sha256())) {
        throw damaged(file, "its SHA-256 is not the ledger's", null);
      }
      VectorSchemaRoot root = load(channel, mapping, record, allocator);
      return new MappedSegment(record, root);
    } catch (StoreException known) {
      throw known;
    } catch (IOException | RuntimeException error) { // Arrow throws any of them at damage
      String reason = error.toString().lines().findFirst().orElse("");
      throw damaged(file, "it cannot be read (" + reason + ")", error);
    }
  }

  private static StoreException damaged(Path file, String what, Throwable cause) {
    return new StoreException(
        "The segment "
            + file
            + " is damaged: "
            + what
            + ". Restore it from a copy, or ingest into a new store.",
        cause);
  }

  private static VectorSchemaRoot load(
      FileChannel channel,
      MappedByteBuffer mapping,
      SegmentRecord record,
      BufferAllocator allocator)
      throws IOException {
    // The reader parses footer and schema; the record batch itself is taken from the mapping.
    try (ArrowFileReader reader =
        new ArrowFileReader(new SeekableReadChannel(channel), allocator)) {
      List<ArrowBlock> blocks = reader.getRecordBlocks();
      if (blocks.size() != 1) {
        throw new IOException(blocks.size() + " record batches where one is due");
      }
      checkPlace(blocks.get(0), mapping);
      Schema columns = SegmentColumns.arrow(record.schema());
      if (!columns.equals(reader.getVectorSchemaRoot().getSchema())) {
        throw new IOException("its columns are not those that the ledger says");
      }
      VectorSchemaRoot root = VectorSchemaRoot.create(columns, allocator);
      try (ArrowRecordBatch batch = batch(channel, blocks.get(0), mapping, allocator)) {
        BatchShape.check(
            batch, columns.getFields(), record.items().size(), blocks.get(0).getBodyLength());
        new VectorLoader(root).load(batch);
        return root;
      } catch (IOException | RuntimeException damaged) {
        root.close();
        throw damaged;
      }
    }
  }

  /** What the file says of places and lengths in it is believed by nobody behind this. */
  private static void checkPlace(ArrowBlock block, MappedByteBuffer mapping) throws IOException {
    long begin = block.getOffset();
    long metadata = block.getMetadataLength();
    long body = block.getBodyLength();
    boolean inside =
        begin >= 0
            && metadata >= 2 * Integer.BYTES
            && body >= 0
            && begin <= mapping.capacity() - metadata
            && begin + metadata <= mapping.capacity() - body;
    if (!inside) {
      throw new IOException("its record batch lies outside of it");
    }
    ByteBuffer head = mapping.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int first = head.getInt((int) begin); // a mark since Arrow 0.15, then the length
    int length = first == -1 ? head.getInt((int) begin + Integer.BYTES) : first;
    if (length < 0 || length > metadata) {
      throw new IOException("its record batch has a head of " + length + " bytes");
    }
  }

  private static ArrowRecordBatch batch(
      FileChannel channel, ArrowBlock block, MappedByteBuffer mapping, BufferAllocator allocator)
      throws IOException {
    channel.position(block.getOffset());
    MessageMetadataResult message = MessageSerializer.readMessage(new ReadChannel(channel));
    long start = block.getOffset() + block.getMetadataLength();
    ArrowBuf body =
        allocator.wrapForeignAllocation(new Mapped(mapping, start, block.getBodyLength()));
    try {
      return MessageSerializer.deserializeRecordBatch(message.getMessage(), body);
    } catch (IOException | RuntimeException damaged) {
      body.getReferenceManager().release(body.refCnt());
      throw damaged;
    }
  }

  /** Memory of the mapping, which is not Arrow's to free. */
  private static final class Mapped extends ForeignAllocation {
    private final MappedByteBuffer mapping; // stays mapped as long as this object is reachable

    Mapped(MappedByteBuffer mapping, long startBytes, long sizeBytes) {
      super(sizeBytes, MemoryUtil.getByteBufferAddress(mapping) + startBytes);
      this.mapping = mapping;
    }

    @Override
    protected void release0() {
      Reference.reachabilityFence(mapping);
    }
  }

  /** Number of items. */
  int rows() {
    return record.items().size();
  }

  /** Tokens of a row, copied. */
  int[] tokens(int row) {
    FixedSizeListVector list = (FixedSizeListVector) root.getVector(SegmentColumns.TOKENS);
    int[] tokens = new int[list.getListSize()];
    list.getDataVector()
        .getDataBuffer()
        .nioBuffer(4L * row * tokens.length, 4 * tokens.length)
        .order(ByteOrder.LITTLE_ENDIAN) // Arrow files are
        .asIntBuffer()
        .get(tokens);
    return tokens;
  }

  /** Feature of a row, copied. */
  float[] feature(int row) {
    FixedSizeListVector list = (FixedSizeListVector) root.getVector(SegmentColumns.FEATURE);
    float[] feature = new float[list.getListSize()];
    list.getDataVector()
        .getDataBuffer()
        .nioBuffer(4L * row * feature.length, 4 * feature.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(feature);
    return feature;
  }

  /** Bytes that tokens, feature and caption of a row take on the heap. */
  long sampleBytes(int row) {
    int captionBytes = ((VarCharVector) root.getVector(SegmentColumns.CAPTION)).getValueLength(row);
    return record.schema().numberBytes() + 2L * captionBytes;
  }

  /** Caption of a row. */
  String caption(int row) {
    return text(SegmentColumns.CAPTION, row);
  }

  /** A whole row, copied. */
  ItemRecord item(int row) {
    Provenance provenance =
        new Provenance(
            text(SegmentColumns.VIEW, row),
            text(SegmentColumns.SOURCE, row),
            text(SegmentColumns.LICENSE, row),
            labels(row),
            text(SegmentColumns.EXTRA, row));
    return new ItemRecord(
        text(SegmentColumns.ID, row),
        text(SegmentColumns.CONTENT_HASH, row),
        tokens(row),
        caption(row),
        feature(row),
        text(SegmentColumns.SPLIT, row),
        text(SegmentColumns.PATH, row),
        provenance);
  }

  private String text(String column, int row) {
    byte[] bytes = ((VarCharVector) root.getVector(column)).get(row);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private List<String> labels(int row) {
    ListVector list = (ListVector) root.getVector(SegmentColumns.LABELS);
    VarCharVector values = (VarCharVector) list.getDataVector();
    List<String> labels = new ArrayList<>();
    for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
      labels.add(new String(values.get(i), StandardCharsets.UTF_8));
    }
    return labels;
  }

  @Override
  public void close() {
    root.close();
  }
}
