package io.hybnext.streams.ingest;

import io.hybnext.streams.TestImages;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.dicom.TestDicom;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Files that somebody broke, or made to break whoever reads them; the same number, the same one.
 */
final class HostileFiles {
  /** Kinds, of which each file is one: its number modulo this. */
  static final int KINDS = 20;

  /** The kind that is sound, so that a dead stage shows. */
  static final int SOUND = 0;

  private static final int SIDE = 40;
  private static final int SOUND_FILES = 8;
  private static final int PATH_DEPTH = 14;
  private static final int LONGEST_NAME = 200;

  private final Path folder;
  private final byte[][] jpegs = new byte[SOUND_FILES][];
  private final byte[][] pngs = new byte[SOUND_FILES][];
  private final byte[][] dicoms = new byte[SOUND_FILES][];
  private final byte[] inflating;

  /** Files below a folder. */
  HostileFiles(Path folder) {
    this.folder = folder;
    for (int i = 0; i < SOUND_FILES; i++) {
      jpegs[i] = TestImages.jpeg(SIDE, SIDE, i);
      pngs[i] = TestImages.png(SIDE, SIDE, i);
      dicoms[i] = dicom(i).bytes();
    }
    inflating = bomb(20_000, 20_000);
  }

  private static TestDicom dicom(int seed) {
    byte[] pixels =
        ((DataBufferByte) TestImages.grey(SIDE, SIDE, seed).getRaster().getDataBuffer()).getData();
    return new TestDicom(SIDE, SIDE, pixels)
        .text(DicomTag.SOP_INSTANCE_UID, "UI", "1.2.3." + seed)
        .text(DicomTag.MODALITY, "CS", "DX")
        .table(0x00283010, 0, 8, 0, 128, 255)
        .nested(0x00101002, DicomTag.PATIENT_ID, "LO", "somebody");
  }

  /** Writes a file by its number. */
  void write(int number) throws IOException {
    SplittableRandom random = new SplittableRandom(number);
    String name = String.format("%07d", number);
    int of = random.nextInt(SOUND_FILES);
    switch (number % KINDS) {
      case SOUND -> put(name + ".jpg", TestImages.jpeg(SIDE, SIDE, 1000 + number));
      case 1 -> put(name + ".jpg", cut(jpegs[of], random));
      case 2 -> put(name + ".jpg", mutated(jpegs[of], random));
      case 3 -> put(name + ".png", cut(pngs[of], random));
      case 4 -> put(name + ".png", mutated(pngs[of], random));
      case 5 -> put(name + ".dcm", cut(dicoms[of], random));
      case 6, 7 -> put(name + ".dcm", mutated(dicoms[of], random));
      case 8 -> put(name + ".png", random.nextBoolean() ? inflating : claims(random));
      case 9 -> put(name + ".jpg", new byte[0]);
      case 10 -> put(name + (random.nextBoolean() ? ".png" : ".dcm"), noise(random));
      case 11 -> put(name + ".dcm", random.nextBoolean() ? jpegs[of] : pngs[of]);
      case 12 -> link(name, random);
      case 13 -> unreadable(name, jpegs[of]);
      case 14 -> put(oddName(random) + name + ".jpg", mutated(jpegs[of], random));
      case 15 -> deep(name, mutated(pngs[of], random));
      case 16 -> Files.createDirectories(folder.resolve(name + ".jpg"));
      case 17 -> badCaption(name, jpegs[of], random);
      case 18 -> put(name, dicomThatClaims(random));
      default -> put(name + ".dcm", mutated(mutated(dicoms[of], random), random));
    }
  }

  private void put(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  private static byte[] cut(byte[] sound, SplittableRandom random) {
    return Arrays.copyOf(sound, random.nextInt(sound.length));
  }

  private static byte[] noise(SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(2000)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Bytes changed, numbers made extreme, a block moved; most in the headers. */
  private static byte[] mutated(byte[] sound, SplittableRandom random) {
    byte[] bytes = sound.clone();
    for (int change = 1 + random.nextInt(6); change > 0; change--) {
      int reach = random.nextBoolean() ? Math.min(bytes.length, 700) : bytes.length;
      int at = random.nextInt(reach - 8);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> ByteBuffer.wrap(bytes).putInt(at, random.nextBoolean() ? -1 : Integer.MAX_VALUE);
        case 2 -> ByteBuffer.wrap(bytes).putShort(at, (short) random.nextInt());
        default -> System.arraycopy(sound, random.nextInt(sound.length - 8), bytes, at, 8);
      }
    }
    return bytes;
  }

  /** Leads out, nowhere, to itself, to a device that never ends. */
  private void link(String name, SplittableRandom random) throws IOException {
    Path link = folder.resolve(name + ".png");
    Path to =
        switch (random.nextInt(4)) {
          case 0 -> Path.of("/etc/passwd");
          case 1 -> Path.of("nowhere-" + name);
          case 2 -> link;
          default -> Path.of("/dev/zero");
        };
    Files.createSymbolicLink(link, to);
  }

  private void unreadable(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name + ".jpg");
    Files.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
  }

  private static String oddName(SplittableRandom random) {
    String[] names = {
      "line\nbreak",
      "tab\tquote\"",
      "肺部 é̂\u202Egpj",
      "'; drop table item; --",
      "\u0001\u001b[31m",
      "x".repeat(LONGEST_NAME),
      "..%2f..%2f",
      "%s%n{}",
      "-rf ",
      " "
    };
    return names[random.nextInt(names.length)];
  }

  /** A path of some 3,000 characters. */
  private void deep(String name, byte[] bytes) throws IOException {
    Path below = folder;
    for (int depth = 0; depth < PATH_DEPTH; depth++) {
      below = below.resolve("d".repeat(LONGEST_NAME));
    }
    Files.createDirectories(below);
    Files.write(below.resolve(name + ".png"), bytes);
  }

  private void badCaption(String name, byte[] image, SplittableRandom random) throws IOException {
    put(name + ".jpg", mutated(image, random));
    byte[] text =
        random.nextBoolean() ? new byte[1 << 17] : new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF, 0};
    put(name + ".txt", text);
  }

  /** An element that claims to be almost 4 GiB long. */
  private static byte[] dicomThatClaims(SplittableRandom random) {
    byte[] start = dicom(random.nextInt(SOUND_FILES)).bytes();
    ByteBuffer claim = ByteBuffer.allocate(12);
    claim.put(new byte[] {0x08, 0, 0x05, 0, 'U', 'T', 0, 0, (byte) 0xF0, -1, -1, -1});
    int head = 200 + random.nextInt(100);
    return ByteBuffer.allocate(head + 12).put(start, 0, head).put(claim.flip()).array();
  }

  /** Small, and claims to be large. */
  private static byte[] claims(SplittableRandom random) {
    int side = 1 << (12 + random.nextInt(19));
    return png(side, side, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  }

  /** A PNG of zeros that are many times as large as the file. */
  private static byte[] bomb(int width, int height) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] row = new byte[width + 1];
    byte[] out = new byte[1 << 16];
    for (int y = 0; y < height / 10; y++) { // a tenth: enough to see whether it is inflated
      deflater.setInput(row);
      while (!deflater.needsInput()) {
        packed.write(out, 0, deflater.deflate(out));
      }
    }
    deflater.finish();
    while (!deflater.finished()) {
      packed.write(out, 0, deflater.deflate(out));
    }
    deflater.end();
    return png(width, height, packed.toByteArray());
  }

  private static byte[] png(int width, int height, byte[] data) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8);
    chunk(file, "IHDR", header.array());
    chunk(file, "IDAT", data);
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String name, byte[] data) {
    byte[] type = name.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(type);
    crc.update(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(type);
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
