package io.hybnext.streams.dicom;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The data elements before the pixels. Values are those of the outermost data set; of elements in
 * sequences only text is kept, for those who look for identifiers.
 */
public final class DicomHeader {
  private static final Map<String, Charset> CHARACTER_SETS =
      Map.of(
          "ISO_IR 101", Charset.forName("ISO-8859-2"),
          "ISO_IR 109", Charset.forName("ISO-8859-3"),
          "ISO_IR 110", Charset.forName("ISO-8859-4"),
          "ISO_IR 144", Charset.forName("ISO-8859-5"),
          "ISO_IR 148", Charset.forName("ISO-8859-9"),
          "ISO_IR 192", StandardCharsets.UTF_8);

  private static final Pattern UNPRINTABLE = Pattern.compile("\\p{Cntrl}+");
  private static final Pattern VALUES = Pattern.compile("\\\\");

  private final TransferSyntax syntax;
  private final Map<Integer, byte[]> values;
  private final List<DicomText> texts;
  private final Map<Integer, Map<Integer, byte[]>> tables;
  private final Charset charset;

  DicomHeader(
      TransferSyntax syntax,
      Map<Integer, byte[]> values,
      List<DicomText> texts,
      Map<Integer, Map<Integer, byte[]>> tables) {
    this.syntax = syntax;
    this.values = values;
    this.texts = texts;
    this.tables = tables;
    charset = charset(values.get(DicomTag.SPECIFIC_CHARACTER_SET));
  }

  private static Charset charset(byte[] value) {
    String name =
        value == null ? "" : new String(value, StandardCharsets.ISO_8859_1).replace("\0", "");
    return CHARACTER_SETS.getOrDefault(name.strip(), StandardCharsets.ISO_8859_1);
  }

  TransferSyntax syntax() {
    return syntax;
  }

  /** A text value without padding; null when the element is absent or empty. */
  public String text(int tag) {
    byte[] value = values.get(tag);
    String text = value == null ? "" : new String(value, charset).replace("\0", "").strip();
    return text.isEmpty() ? null : text;
  }

  /**
   * What tells who somebody is, or when and where: names, numbers, dates, places, UIDs and private
   * elements, those in sequences included. Where a file lacks VRs, a sequence of known length looks
   * like any value: its printable runs are texts then.
   */
  public List<String> identifiers() {
    return texts.stream()
        .filter(DicomText::isIdentifying)
        .flatMap(text -> UNPRINTABLE.splitAsStream(new String(text.value(), charset)))
        .flatMap(text -> VALUES.splitAsStream(text))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .distinct()
        .toList();
  }

  /** The text of a structured report (PS3.3 C.17.3), its pieces in order; empty for none. */
  public String reportText() {
    return texts.stream()
        .filter(text -> text.tag() == DicomTag.TEXT_VALUE)
        .map(text -> new String(text.value(), charset).replace("\0", "").strip())
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Whether this program knows the transfer syntax of the pixels. */
  public boolean isDecodedHere() {
    return syntax.pixels() != TransferSyntax.Coding.NOT_READ;
  }

  /** Tags of the outermost data set. */
  public Iterable<Integer> tags() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** An unsigned 16-bit value (VR US). */
  int number(int tag) {
    Integer value = numberOrNull(tag);
    if (value == null) {
      throw new QuarantineException(
          QuarantineRule.UNREADABLE,
          "is a DICOM file without the image attribute " + DicomTag.name(tag));
    }
    return value;
  }

  /** The same, with a value for absent ones. */
  int number(int tag, int absent) {
    Integer value = numberOrNull(tag);
    return value == null ? absent : value;
  }

  private Integer numberOrNull(int tag) {
    byte[] value = values.get(tag);
    if (value == null || value.length < 2) {
      return null;
    }
    return ByteBuffer.wrap(value).order(order()).getShort() & 0xFFFF;
  }

  private ByteOrder order() {
    return syntax.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  /**
   * The lookup table in the first item of a sequence; null when the file has none.
   *
   * @param signed whether the values that it maps may be below 0
   */
  LookupTable table(int sequence, boolean signed) {
    Map<Integer, byte[]> item = tables.get(sequence);
    return item == null
        ? null
        : LookupTable.of(
            item.get(DicomTag.LUT_DESCRIPTOR), item.get(DicomTag.LUT_DATA), order(), signed);
  }

  /** The first of the decimal numbers of an element (VR DS, IS). */
  double decimal(int tag, double absent) {
    String text = text(tag);
    if (text == null) {
      return absent;
    }
    int end = text.indexOf('\\');
    String first = end < 0 ? text : text.substring(0, end);
    try {
      double value = Double.parseDouble(first.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException none) {
      // told below, without the text: it may be anything
    }
    throw new QuarantineException(
        QuarantineRule.UNREADABLE,
        "is a DICOM file whose attribute " + DicomTag.name(tag) + " is no decimal number");
  }
}
