package io.hybnext.gpu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The smallest TorchScript archive that libtorch loads: a module without state and one source file.
 * Entries are stored, not deflated, as libtorch's reader wants them.
 */
final class KernelArchive {
  private KernelArchive() {}

  static byte[] of(String moduleText) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "k/data.pkl", state());
      store(zip, "k/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'}); // pickle of ()
      store(zip, "k/version", ascii("3\n"));
      store(zip, "k/code/__torch__.py", moduleText.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /** Pickle, protocol 2, of an object of class {@code __torch__.Kernels} with training = True. */
  private static byte[] state() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write(ascii("c__torch__\nKernels\n"));
    pickle.write(new byte[] {')', (byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
    pickle.write(ascii("training"));
    pickle.write(new byte[] {(byte) 0x88, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(data);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCompressedSize(data.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
