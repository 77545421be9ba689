package io.hybnext.streams.codec;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.util.Locale;

/**
 * The JPEG processes of medical images that the JDK does not read: grey with 12 bits (extended
 * sequential DCT) and lossless with up to 16 bits, with Huffman codes (ITU-T T.81). Reads the
 * marker segments; {@link LosslessScan} and {@link ExtendedScan} read the data.
 */
public final class HuffmanJpeg {
  private static final int START = 0xFFD8;
  private static final int END = 0xD9;
  private static final int TABLES = 0xC4;
  private static final int QUANTISATION = 0xDB;
  private static final int RESTART_INTERVAL = 0xDD;
  private static final int SCAN = 0xDA;

  private final byte[] data;
  private final int[][] quantisation = new int[4][];
  private final HuffmanTable[] dc = new HuffmanTable[4];
  private final HuffmanTable[] ac = new HuffmanTable[4];
  private int restartInterval;
  private int position;
  private Frame frame;
  private int[] samples;
  private int scanned;
  private int quantiser; // table of the first component, the only one of a DCT that is read

  private HuffmanJpeg(byte[] data) {
    this.data = data;
  }

  /**
   * A frame header.
   *
   * @param process 0 to 15, from the marker
   * @param bits of a sample
   * @param width in pixels
   * @param height in pixels
   * @param components 1 to 4
   */
  public record Frame(int process, int bits, int width, int height, int components) {

    /** Whether {@link LibJpeg} is the one to decode it. */
    public boolean isForLibJpeg() {
      return process <= 2 && bits == 8;
    }

    private boolean isLossless() {
      return process == 3;
    }
  }

  /**
   * The frame header of a file.
   *
   * @throws QuarantineException when there is none
   */
  public static Frame frame(byte[] file) {
    return new HuffmanJpeg(file).untilFrame();
  }

  /**
   * Decodes a file.
   *
   * @return samples, pixel by pixel, each at most 16 bits, unsigned
   * @throws QuarantineException when it is damaged or of another process
   */
  public static int[] decode(byte[] file) {
    return new HuffmanJpeg(file).decode();
  }

  private Frame untilFrame() {
    segments(true);
    if (frame == null) {
      throw HuffmanTable.damaged("it has no frame header");
    }
    return frame;
  }

  private int[] decode() {
    segments(false);
    if (samples == null || scanned < frame.components()) {
      throw HuffmanTable.damaged("it ends before all of its components have data");
    }
    return samples;
  }

  private void segments(boolean onlyFrame) {
    if (u16(0) != START) {
      throw HuffmanTable.damaged("it does not begin with its start marker");
    }
    position = 2;
    while (onlyFrame ? frame == null : frame == null || scanned < frame.components()) {
      int marker = marker();
      if (marker == END) {
        return;
      }
      int end = position + Math.max(2, u16(position));
      position += 2;
      segment(marker, end);
      position = marker == SCAN ? position : end;
    }
  }

  private int marker() {
    if (u8(position) != 0xFF) {
      throw HuffmanTable.damaged("a marker is missing at byte " + position);
    }
    while (u8(position) == 0xFF) {
      position++;
    }
    return u8(position++);
  }

  private void segment(int marker, int end) {
    boolean start = marker >= 0xC0 && marker <= 0xCF && marker != 0xC8 && marker != 0xCC;
    if (marker == TABLES) {
      tables(end);
    } else if (start) {
      startFrame(marker - 0xC0);
    } else if (marker == QUANTISATION) {
      quantisation(end);
    } else if (marker == RESTART_INTERVAL) {
      restartInterval = u16(position);
    } else if (marker == SCAN) {
      scan();
    }
  }

  private void startFrame(int process) {
    if (frame != null) {
      throw HuffmanTable.damaged("it has two frame headers");
    }
    frame =
        new Frame(process, u8(position), u16(position + 3), u16(position + 1), u8(position + 5));
    if (frame.width < 1 || frame.height < 1 || frame.components < 1 || frame.components > 4) {
      throw HuffmanTable.damaged(
          String.format(
              Locale.ROOT, "%d components of %dx%d", frame.components, frame.width, frame.height));
    }
    quantiser = u8(position + 8);
    for (int i = 0; i < frame.components && frame.components > 1 && process == 3; i++) {
      if (u8(position + 7 + 3 * i) != 0x11) {
        throw unsupported("with components of different sizes");
      }
    }
  }

  private void tables(int end) {
    while (position < end) {
      int kind = u8(position++);
      int[] counts = new int[HuffmanTable.MAX_BITS + 1];
      int total = 0;
      for (int bits = 1; bits <= HuffmanTable.MAX_BITS; bits++) {
        counts[bits] = u8(position++);
        total += counts[bits];
      }
      if (total > 256 || kind >>> 4 > 1 || (kind & 0xF) > 3) {
        throw HuffmanTable.damaged("a table of codes is none");
      }
      byte[] symbols = new byte[total];
      for (int i = 0; i < total; i++) {
        symbols[i] = (byte) u8(position++);
      }
      (kind >>> 4 == 0 ? dc : ac)[kind & 0xF] = new HuffmanTable(counts, symbols);
    }
  }

  private void quantisation(int end) {
    while (position < end) {
      int kind = u8(position++);
      if (kind >>> 4 > 1 || (kind & 0xF) > 3) {
        throw HuffmanTable.damaged("a quantisation table is none");
      }
      int[] table = new int[64];
      for (int i = 0; i < 64; i++) {
        table[i] = kind >>> 4 == 0 ? u8(position) : u16(position);
        position += 1 + (kind >>> 4);
      }
      quantisation[kind & 0xF] = table;
    }
  }

  private void scan() {
    if (frame == null) {
      throw HuffmanTable.damaged("image data begin before the frame header");
    }
    int count = u8(position++);
    int[] components = new int[count];
    HuffmanTable[] tables = new HuffmanTable[count];
    HuffmanTable[] alternating = new HuffmanTable[count];
    for (int i = 0; i < count; i++) {
      int selector = u8(position + 1);
      components[i] = scanned + i; // scans come in the order of the components (T.81 B.2.3)
      tables[i] = dc[selector >>> 4 & 3];
      alternating[i] = ac[selector & 3];
      position += 2;
    }
    if (count < 1 || scanned + count > frame.components || tables[0] == null) {
      throw HuffmanTable.damaged("a scan has components or tables that are not there");
    }
    int predictor = u8(position);
    int shift = u8(position + 2) & 0xF;
    JpegBits bits = new JpegBits(data, position + 3);
    allocate();
    if (frame.isLossless()) {
      new LosslessScan(frame, components, tables, predictor, shift, restartInterval)
          .read(bits, samples);
    } else {
      extended(tables[0], alternating[0], bits);
    }
    scanned += count;
    position = bits.position();
    while (scanned < frame.components && !(u8(position) == 0xFF && u8(position + 1) > 0)) {
      position++; // bits that fill the last byte
    }
  }

  private void extended(HuffmanTable direct, HuffmanTable alternating, JpegBits bits) {
    boolean read = frame.process <= 1 && frame.bits == 12 && frame.components == 1;
    if (!read) {
      throw unsupported(
          String.format(
              Locale.ROOT,
              "of process %d with %d bits and %d components",
              frame.process,
              frame.bits,
              frame.components));
    }
    int[] table = quantisation[quantiser & 3];
    if (table == null || alternating == null) {
      throw HuffmanTable.damaged("a table that its data need is missing");
    }
    new ExtendedScan(frame, direct, alternating, table, restartInterval).read(bits, samples);
  }

  /** Memory only for what the data can hold: a sample has a bit at least, a DCT block two. */
  private void allocate() {
    long count = (long) frame.width * frame.height * frame.components;
    long most = (long) data.length * Byte.SIZE * (frame.isLossless() ? 1 : 32);
    if (samples == null && (count > most || count > Integer.MAX_VALUE - 8)) {
      throw new QuarantineException(
          QuarantineRule.TRUNCATED,
          "is a JPEG of " + frame.width + "x" + frame.height + " in " + data.length + " bytes");
    }
    samples = samples == null ? new int[(int) count] : samples;
  }

  private static QuarantineException unsupported(String what) {
    return new QuarantineException(
        QuarantineRule.UNSUPPORTED_FORMAT, "is a JPEG " + what + ", which is not read");
  }

  private int u8(int at) {
    if (at >= data.length) {
      throw new QuarantineException(
          QuarantineRule.TRUNCATED, "is a JPEG that ends inside a header");
    }
    return data[at] & 0xFF;
  }

  private int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }
}
