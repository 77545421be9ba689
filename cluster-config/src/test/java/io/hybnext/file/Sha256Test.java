package io.hybnext.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
  /** Of "abc": FIPS 180-2, appendix B.1. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path folder;

  @Test
  void shouldGiveThePublishedHash() {
    assertEquals(ABC, Sha256.hex("abc".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(ABC.substring(0, 16), Sha256.shortHex("abc"));
  }

  @Test
  void shouldNotDependOnWhereThePartsCome() throws IOException {
    Path file = Files.writeString(folder.resolve("part"), "b");
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {'x', 'c'}).position(1);
    assertEquals(ABC, new Sha256().add("a").add(file).add(buffer).hex());
    assertEquals(1, buffer.position(), "the buffer can still be read");
  }
}
