package io.hybnext.streams.dicom;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the elements of a file up to its pixel data, which it leaves to be read next. Memory is
 * bounded whatever a file claims: long values are passed over, kept ones are counted.
 */
final class DicomReader {
  private static final int PREAMBLE_BYTES = 128;
  private static final byte[] MAGIC = {'D', 'I', 'C', 'M'};

  /** Bytes that tell a DICOM file. */
  static final int START_BYTES = PREAMBLE_BYTES + MAGIC.length;

  private static final long UNDEFINED = 0xFFFFFFFFL;
  private static final long NO_END = Long.MAX_VALUE;
  private static final int MAX_NESTING = 16;
  private static final int MAX_VALUE_BYTES = 1 << 16;
  private static final int MAX_TABLE_BYTES = 1 << 17;
  private static final int MAX_KEPT_BYTES = 1 << 22;
  private static final int MAX_KEPT = 1 << 14;
  private static final int MAX_UID = 64;

  /** VRs whose length field has 32 bits (PS3.5 table 7.1-1). */
  private static final Set<String> LONG_VRS =
      Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

  /** VRs whose text may tell who somebody is. */
  private static final Set<String> TEXT_VRS =
      Set.of(
          "PN", "LO", "SH", "LT", "ST", "UT", "UC", "UI", "DA", "DT", "TM", "AE", "AS", "UR", "UN");

  private final DicomInput in;
  private final TreeMap<Integer, byte[]> values = new TreeMap<>();
  private final List<DicomText> texts = new ArrayList<>();
  private final Map<Integer, Map<Integer, byte[]>> tables = new HashMap<>();
  private Map<Integer, byte[]> table; // of the sequence that is read, if it holds lookup tables
  private TransferSyntax syntax;
  private long keptBytes;
  private long pixelBytes = -1;
  private boolean hasPixels;

  DicomReader(InputStream in) {
    this.in = new DicomInput(in);
  }

  /** Whether bytes begin a file: the preamble and {@code DICM}. */
  static boolean startsFile(byte[] first) {
    return first.length >= PREAMBLE_BYTES + MAGIC.length
        && Arrays.equals(
            first, PREAMBLE_BYTES, PREAMBLE_BYTES + MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Reads up to the value of the pixel data.
   *
   * @throws QuarantineException when the file is no DICOM file, or damaged
   */
  DicomHeader header() throws IOException {
    if (!startsFile(in.bytes(PREAMBLE_BYTES + MAGIC.length))) {
      throw new QuarantineException(
          QuarantineRule.UNSUPPORTED_FORMAT, "is no DICOM file: DICM is not at byte 128");
    }
    syntax = TransferSyntax.of(metaInformation());
    values.clear();
    texts.clear();
    tables.clear();
    if (syntax.deflated()) {
      in.inflate();
    }
    in.setBigEndian(syntax.bigEndian());
    elements(NO_END, syntax.implicit(), 0);
    return new DicomHeader(syntax, values, texts, tables);
  }

  /** Group 2, always explicit little endian (PS3.10 7.1); it tells its own length. */
  private String metaInformation() throws IOException {
    long tag = in.tag();
    in.u16(); // VR UL
    if (tag != 0x00020000L || in.u16() != 4) {
      throw damaged("its meta information does not begin with its length");
    }
    long lengthBytes = in.u32();
    elements(in.position() + lengthBytes, false, 0);
    byte[] uid = values.get(DicomTag.TRANSFER_SYNTAX_UID);
    if (uid == null) {
      throw damaged("its transfer syntax is not stated");
    }
    String text = new String(uid, java.nio.charset.StandardCharsets.ISO_8859_1);
    String stated = text.replace("\0", "").strip();
    if (stated.length() > MAX_UID || !stated.matches("[0-9.]*")) {
      throw damaged("its transfer syntax is no UID");
    }
    return stated;
  }

  boolean hasPixels() {
    return hasPixels;
  }

  /** Length of native pixel data; -1 when they are in fragments. */
  long pixelBytes() {
    return pixelBytes;
  }

  /** Where the pixel data are read on. */
  DicomInput input() {
    return in;
  }

  /** Elements up to a place, to the end of their item, or to the pixels. */
  private void elements(long end, boolean implicit, int depth) throws IOException {
    while (in.position() < end && !hasPixels) {
      long read = in.tag();
      if (read < 0 && end == NO_END && depth == 0) {
        return;
      }
      if (read < 0) {
        throw damaged("it ends inside a sequence");
      }
      int tag = (int) read;
      if (tag == DicomTag.ITEM_END && depth > 0) {
        in.skip(in.u32());
        return;
      }
      element(tag, implicit, depth);
    }
    if (in.position() > end) {
      throw damaged("an element reaches beyond its sequence, at byte " + in.position());
    }
  }

  private void element(int tag, boolean implicit, int depth) throws IOException {
    String vr = implicit ? "" : "" + (char) in.u8() + (char) in.u8();
    long length;
    if (implicit) {
      length = in.u32();
    } else if (LONG_VRS.contains(vr)) {
      in.u16();
      length = in.u32();
    } else {
      length = in.u16();
    }
    if (tag == DicomTag.PIXEL_DATA && depth == 0) {
      hasPixels = true;
      pixelBytes = length == UNDEFINED ? -1 : length;
    } else if (vr.equals("SQ") || length == UNDEFINED || isTables(tag, depth)) {
      boolean within = implicit || vr.equals("UN");
      if (!within && !vr.equals("SQ")) {
        throw damaged(DicomTag.name(tag) + " has no length");
      }
      if (isTables(tag, depth) && !tables.containsKey(tag)) {
        table = new HashMap<>();
        tables.put(tag, table);
      }
      sequence(length, within, depth + 1);
      table = depth == 0 ? null : table;
    } else {
      value(tag, vr, length, depth);
    }
  }

  /** Known by their tags, as a file without VRs does not tell sequences of known length. */
  private static boolean isTables(int tag, int depth) {
    return depth == 0
        && (tag == DicomTag.MODALITY_LUT_SEQUENCE || tag == DicomTag.VOI_LUT_SEQUENCE);
  }

  /** Items, each a data set of its own (PS3.5 7.5). */
  private void sequence(long length, boolean implicit, int depth) throws IOException {
    if (depth > MAX_NESTING) {
      throw damaged("sequences are nested more than " + MAX_NESTING + " deep");
    }
    long end = length == UNDEFINED ? NO_END : in.position() + length;
    while (in.position() < end) {
      int tag = (int) in.tag();
      long itemBytes = in.u32();
      if (tag == DicomTag.SEQUENCE_END && end == NO_END) {
        return;
      }
      if (tag != DicomTag.ITEM) {
        throw damaged("a sequence holds " + DicomTag.name(tag) + " where an item is due");
      }
      elements(itemBytes == UNDEFINED ? NO_END : in.position() + itemBytes, implicit, depth);
    }
    if (in.position() > end) {
      throw damaged("an item reaches beyond its sequence, at byte " + in.position());
    }
  }

  private void value(int tag, String vr, long length, int depth) throws IOException {
    boolean ofTable = tag == DicomTag.LUT_DESCRIPTOR || tag == DicomTag.LUT_DATA;
    if (table != null && depth == 1 && ofTable && length <= MAX_TABLE_BYTES) {
      table.putIfAbsent(tag, counted(in.bytes(length))); // the first item's
      return;
    }
    boolean text = vr.isEmpty() || TEXT_VRS.contains(vr);
    boolean image = tag >>> 16 == 0x0028 || tag == DicomTag.TRANSFER_SYNTAX_UID;
    boolean wanted = text || (depth == 0 && (image || !LONG_VRS.contains(vr)));
    if (!wanted || length > MAX_VALUE_BYTES) {
      in.skip(length);
      return;
    }
    byte[] value = counted(in.bytes(length));
    if (depth == 0) {
      values.put(tag, value);
    }
    if (text && tag >>> 16 != 0x0028) {
      texts.add(new DicomText(tag, vr, value));
    }
  }

  private byte[] counted(byte[] value) {
    keptBytes += value.length;
    if (keptBytes > MAX_KEPT_BYTES || values.size() + texts.size() > MAX_KEPT) {
      throw damaged(
          "it has more than " + MAX_KEPT_BYTES + " bytes of text or " + MAX_KEPT + " values");
    }
    return value;
  }

  static QuarantineException damaged(String what) {
    return new QuarantineException(QuarantineRule.UNREADABLE, "is a damaged DICOM file: " + what);
  }
}
