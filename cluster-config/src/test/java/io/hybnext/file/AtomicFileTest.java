package io.hybnext.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void shouldReplaceTheContent() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "a long old text");
    AtomicFile.write(file, "new".getBytes(StandardCharsets.UTF_8));
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("a.json"), names());
  }

  @Test
  void shouldKeepTheOldContentAndLeaveNothingElseWhenWritingFails() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "old");
    IOException full =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    unfinished -> {
                      Files.writeString(unfinished, "half");
                      throw new IOException("No space left on device");
                    }));
    assertEquals(file + ": No space left on device", full.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.json"), names());
  }

  @Test
  void shouldNameTheFolderThatIsMissingOrAFile() throws IOException {
    Path missing = folder.resolve("missing");
    IOException absent =
        assertThrows(
            NoSuchFileException.class,
            () -> AtomicFile.write(missing.resolve("a.json"), new byte[1]));
    assertEquals(missing.toString(), absent.getMessage());
    Path plain = Files.writeString(folder.resolve("plain"), "x");
    IOException file =
        assertThrows(
            NotDirectoryException.class,
            () -> AtomicFile.write(plain.resolve("a.json"), new byte[1]));
    assertEquals(plain.toString(), file.getMessage());
    assertEquals(List.of("plain"), names());
  }

  @Test
  void shouldNameTheFileWhenItsOwnCannotBeWritten() {
    Path file = folder.resolve("a.json");
    IOException denied =
        assertThrows(
            AccessDeniedException.class,
            () ->
                AtomicFile.write(
                    file,
                    unfinished -> {
                      throw new AccessDeniedException(unfinished.toString());
                    }));
    assertEquals(file.toString(), denied.getMessage());
  }

  @Test
  void shouldDeleteATemporaryFolderWithEverythingInIt() throws IOException {
    Path path;
    try (TemporaryFolder temporary = TemporaryFolder.create("hybnext-test")) {
      path = temporary.path();
      Files.createDirectories(path.resolve("inner/most"));
      Files.writeString(path.resolve("inner/most/file"), "x");
    }
    assertFalse(Files.exists(path));
    FileTree.delete(path); // gone already: nothing to do
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
