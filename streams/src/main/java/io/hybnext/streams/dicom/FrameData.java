package io.hybnext.streams.dicom;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The bytes of one frame, out of native pixel data or out of fragments (PS3.5 A.4). */
final class FrameData {
  private static final long UNDEFINED = 0xFFFFFFFFL;
  private static final int JPEG_START = 0xFFD8;

  private FrameData() {}

  /** The bytes of a native frame; no other frame is kept. */
  static byte[] ofNative(DicomReader reader, DicomImage image, int frame) throws IOException {
    long frameBytes = image.nativeFrameBytes();
    long total = Math.multiplyExact(frameBytes, image.frames());
    if (reader.pixelBytes() < total) {
      throw new QuarantineException(
          QuarantineRule.TRUNCATED,
          "is a DICOM file whose pixel data have "
              + reader.pixelBytes()
              + " bytes; its "
              + image.frames()
              + " frames need "
              + total);
    }
    reader.input().skip(frame * frameBytes);
    return reader.input().bytes(frameBytes);
  }

  /** The bytes of a frame in fragments. */
  static byte[] ofFragments(DicomReader reader, DicomImage image, int frame) throws IOException {
    if (reader.pixelBytes() >= 0) {
      throw DicomReader.damaged("compressed pixel data are not in fragments");
    }
    byte[] offsets = fragment(reader.input());
    List<byte[]> fragments = new ArrayList<>();
    if (offsets == null) {
      throw DicomReader.damaged("its pixel data lack the offset table");
    }
    for (byte[] next = fragment(reader.input()); next != null; next = fragment(reader.input())) {
      fragments.add(next);
    }
    List<List<byte[]>> frames = frames(fragments, image);
    if (frames.size() != image.frames()) {
      throw DicomReader.damaged(
          "its " + fragments.size() + " fragments do not make " + image.frames() + " frames");
    }
    return join(frames.get(frame));
  }

  /** The next fragment; null at the end of the sequence. */
  private static byte[] fragment(DicomInput in) throws IOException {
    int tag = (int) in.tag();
    long length = in.u32();
    if (tag == DicomTag.SEQUENCE_END) {
      return null;
    }
    if (tag != DicomTag.ITEM || length == UNDEFINED) {
      throw DicomReader.damaged(
          "its pixel data hold " + DicomTag.name(tag) + " where a fragment is due");
    }
    return in.bytes(length);
  }

  /** A frame of run lengths is one fragment; one of JPEG begins with its start marker. */
  private static List<List<byte[]>> frames(List<byte[]> fragments, DicomImage image) {
    if (image.frames() == 1 && !fragments.isEmpty()) {
      return List.of(fragments);
    }
    List<List<byte[]>> frames = new ArrayList<>();
    for (byte[] fragment : fragments) {
      boolean starts =
          fragments.size() == image.frames()
              || (fragment.length > 1
                  && ((fragment[0] & 0xFF) << 8 | (fragment[1] & 0xFF)) == JPEG_START);
      if (starts || frames.isEmpty()) {
        frames.add(new ArrayList<>());
      }
      frames.get(frames.size() - 1).add(fragment);
    }
    return frames;
  }

  private static byte[] join(List<byte[]> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    parts.forEach(whole::writeBytes);
    return whole.toByteArray();
  }
}
