package io.hybnext.streams.deidentify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.source.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PseudonymKeyTest {
  @TempDir Path folder;

  @Test
  void shouldGiveTheSamePseudonymWithTheSameKeyOnly() throws IOException {
    Path file = folder.resolve("a/key");
    String first = PseudonymKey.load(file).uid("1.2.3");
    assertEquals(first, PseudonymKey.load(file).uid("1.2.3"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertNotEquals(first, PseudonymKey.load(folder.resolve("b")).uid("1.2.3"));
    assertNotEquals(first, PseudonymKey.load(file).uid("1.2.4"));
    assertTrue(first.matches("2\\.25\\.[1-9][0-9]{30,38}"), first);
  }

  @Test
  void shouldRefuseAFileThatHoldsNoKey() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "secret");
    assertThrows(SourceException.class, () -> PseudonymKey.load(file));
  }
}
