package io.hybnext.streams.dicom;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Writes small DICOM files, explicit VR little endian, 8-bit MONOCHROME2. */
public final class TestDicom {
  private final Map<Integer, byte[]> elements = new TreeMap<>();
  private String syntax = "1.2.840.10008.1.2.1";

  /** A file of so many grey levels. */
  public TestDicom(int width, int height, byte[] pixels) {
    number(DicomTag.ROWS, height);
    number(DicomTag.COLUMNS, width);
    number(DicomTag.SAMPLES_PER_PIXEL, 1);
    number(DicomTag.BITS_ALLOCATED, 8);
    number(DicomTag.BITS_STORED, 8);
    number(DicomTag.HIGH_BIT, 7);
    number(DicomTag.PIXEL_REPRESENTATION, 0);
    text(DicomTag.PHOTOMETRIC_INTERPRETATION, "CS", "MONOCHROME2");
    elements.put(DicomTag.PIXEL_DATA, element(DicomTag.PIXEL_DATA, "OB", pixels));
  }

  public TestDicom syntax(String uid) {
    syntax = uid;
    return this;
  }

  public TestDicom text(int tag, String vr, String value) {
    elements.put(tag, element(tag, vr, padded(value)));
    return this;
  }

  public TestDicom number(int tag, int value) {
    byte[] two = {(byte) value, (byte) (value >> 8)};
    elements.put(tag, element(tag, "US", two));
    return this;
  }

  /** A sequence of one item with one text. */
  public TestDicom nested(int sequence, int tag, String vr, String value) {
    byte[] inner = element(tag, vr, padded(value));
    ByteBuffer item = ByteBuffer.allocate(8 + inner.length).order(ByteOrder.LITTLE_ENDIAN);
    item.putShort((short) 0xFFFE).putShort((short) 0xE000).putInt(inner.length).put(inner);
    elements.put(sequence, element(sequence, "SQ", item.array()));
    return this;
  }

  /** A sequence of one lookup table. */
  public TestDicom table(int sequence, int first, int bits, int... entries) {
    ByteBuffer numbers = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
    numbers.putShort((short) entries.length).putShort((short) first).putShort((short) bits);
    ByteBuffer words = ByteBuffer.allocate(2 * entries.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int entry : entries) {
      words.putShort((short) entry);
    }
    byte[] descriptor = element(DicomTag.LUT_DESCRIPTOR, "US", numbers.array());
    byte[] data = element(DicomTag.LUT_DATA, "US", words.array());
    ByteBuffer item =
        ByteBuffer.allocate(8 + descriptor.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    item.putShort((short) 0xFFFE).putShort((short) 0xE000);
    item.putInt(descriptor.length + data.length).put(descriptor).put(data);
    elements.put(sequence, element(sequence, "SQ", item.array()));
    return this;
  }

  public byte[] bytes() {
    byte[] stated = element(DicomTag.TRANSFER_SYNTAX_UID, "UI", padded(syntax));
    byte[] length = {(byte) stated.length, 0, 0, 0};
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[128]);
    file.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(element(0x00020000, "UL", length));
    file.writeBytes(stated);
    elements.values().forEach(file::writeBytes);
    return file.toByteArray();
  }

  private static byte[] padded(String value) {
    return (value.length() % 2 == 0 ? value : value + " ").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] element(int tag, String vr, byte[] value) {
    boolean wide = vr.equals("OB") || vr.equals("SQ") || vr.equals("UT");
    ByteBuffer bytes =
        ByteBuffer.allocate((wide ? 12 : 8) + value.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) (tag >>> 16)).putShort((short) tag);
    bytes.put(vr.getBytes(StandardCharsets.US_ASCII));
    if (wide) {
      bytes.putShort((short) 0).putInt(value.length);
    } else {
      bytes.putShort((short) value.length);
    }
    return bytes.put(value).array();
  }
}
