package io.hybnext.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    assertEquals("No space left on device", full.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.json"), names());
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
