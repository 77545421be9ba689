package io.hybnext.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
  @TempDir Path parent;

  private List<Path> present() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.sorted().toList();
    }
  }

  @Test
  void shouldShowTheFolderOnlyWhenItIsComplete() throws IOException {
    Path folder = parent.resolve("above/made");
    AtomicFolder.write(
        folder,
        unfinished -> {
          assertFalse(Files.exists(folder));
          Files.writeString(unfinished.resolve("a"), "1");
          Files.writeString(unfinished.resolve("b"), "2");
        });
    assertEquals("2", Files.readString(folder.resolve("b")));
    assertEquals(List.of(parent.resolve("above")), present());
  }

  @Test
  void shouldLeaveNothingWhenTheContentFails() throws IOException {
    assertThrows(
        IOException.class,
        () ->
            AtomicFolder.write(
                parent.resolve("made"),
                unfinished -> {
                  Files.writeString(unfinished.resolve("a"), "1");
                  throw new IOException("no space left");
                }));
    assertEquals(List.of(), present());
  }

  @Test
  void shouldNameAFileThatFailsByItsPlaceInTheFolderToBe() throws IOException {
    Path made = parent.resolve("made");
    IOException full =
        assertThrows(
            FileSystemException.class,
            () ->
                AtomicFolder.write(
                    made,
                    unfinished ->
                        AtomicFile.write(
                            unfinished.resolve("a"),
                            file -> {
                              throw new IOException("No space left on device");
                            })));
    assertEquals(made.resolve("a") + ": No space left on device", full.getMessage());
    assertEquals(List.of(), present());
  }

  @Test
  void shouldTakeAnEmptyFolderAndRefuseAUsedOne() throws IOException {
    Path empty = Files.createDirectory(parent.resolve("empty"));
    AtomicFolder.write(empty, unfinished -> Files.writeString(unfinished.resolve("a"), "1"));
    assertTrue(Files.exists(empty.resolve("a")));
    assertThrows(
        FileAlreadyExistsException.class,
        () -> AtomicFolder.write(empty, unfinished -> Files.createFile(unfinished.resolve("b"))));
    assertFalse(Files.exists(empty.resolve("b")));
    Path file = Files.writeString(parent.resolve("file"), "mine");
    assertThrows(
        FileAlreadyExistsException.class, () -> AtomicFolder.write(file, unfinished -> {}));
    assertEquals("mine", Files.readString(file));
  }
}
