package io.hybnext.actors.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.simulation.DiskTrouble.Outcome;
import io.hybnext.file.Disk;
import io.hybnext.file.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
  private static final Path FOLDER = Path.of("/a/b");
  private static final Path FILE = Path.of("/a/b/file");
  private static final byte[] OLD = {1, 2, 3};
  private static final byte[] NEW = {4, 5, 6, 7, 8};

  private static SimulatedDisk disk(long seed) throws IOException {
    SimulatedDisk disk = new SimulatedDisk(new Chance(seed, 1));
    disk.createFolders(FOLDER);
    return disk;
  }

  private static byte[] content(Disk disk, Path file) throws IOException {
    try (InputStream in = disk.open(file)) {
      return in.readAllBytes();
    }
  }

  private static void flushAll(SimulatedDisk disk) throws IOException {
    disk.force(FILE);
    disk.force(FOLDER);
  }

  @Test
  void shouldDoWhatAFileSystemDoes() throws IOException {
    SimulatedDisk disk = disk(1);
    disk.write(FILE, OLD);
    assertEquals(3, disk.sizeBytes(FILE));
    assertEquals(List.of(FILE), disk.list(FOLDER));
    assertThrows(DirectoryNotEmptyException.class, () -> disk.delete(FOLDER));
    disk.move(FOLDER, Path.of("/a/c"));
    assertFalse(disk.exists(FILE));
    assertArrayEquals(OLD, content(disk, Path.of("/a/c/file")));
    assertThrows(NoSuchFileException.class, () -> disk.open(FILE));
    FileTree.delete(disk, Path.of("/a"));
    assertFalse(disk.exists(Path.of("/a")));
  }

  @Test
  void shouldKeepWhatWasFlushedAtALossOfPower() throws Exception {
    for (long seed = 0; seed < 50; seed++) {
      SimulatedDisk disk = disk(seed);
      try (Disk.Appender appender = disk.append(FILE, 0)) {
        appender.write(OLD);
        appender.force();
        disk.force(FOLDER);
        appender.write(NEW);
      }
      disk.losePower();
      byte[] left = content(disk, FILE);
      assertTrue(left.length >= OLD.length);
      for (int i = 0; i < OLD.length; i++) {
        assertEquals(OLD[i], left[i]);
      }
    }
  }

  @Test
  void shouldLoseOrTearWhatWasNotFlushed() throws IOException {
    Set<String> remains = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      SimulatedDisk disk = disk(seed);
      disk.write(FILE, OLD);
      flushAll(disk);
      disk.write(FILE, NEW);
      disk.losePower();
      remains.add(Arrays.toString(content(disk, FILE)));
    }
    assertTrue(remains.size() >= 4, remains.toString());
  }

  @Test
  void shouldForgetANameThatWasNotFlushed() throws IOException {
    int kept = 0;
    for (long seed = 0; seed < 200; seed++) {
      SimulatedDisk disk = disk(seed);
      disk.write(FILE, OLD);
      flushAll(disk);
      disk.move(FILE, Path.of("/a/b/other"));
      disk.losePower();
      boolean old = disk.exists(FILE);
      assertTrue(old != disk.exists(Path.of("/a/b/other")));
      kept += old ? 1 : 0;
    }
    assertTrue(kept > 20 && kept < 180, kept + " of 200");
  }

  @Test
  void shouldFailAndCrashWhereItIsTold() throws IOException {
    SimulatedDisk disk = disk(3);
    disk.trouble((operation, number) -> Outcome.FAILS);
    assertThrows(FileSystemException.class, () -> disk.write(FILE, NEW));
    assertThrows(FileSystemException.class, () -> disk.force(FOLDER));
    disk.trouble((operation, number) -> Outcome.CRASH_BEFORE);
    assertThrows(SimulatedCrash.class, () -> disk.delete(FILE));
    assertTrue(disk.exists(FILE));
    disk.trouble((operation, number) -> Outcome.CRASH_WITHIN);
    assertThrows(SimulatedCrash.class, () -> disk.delete(FILE));
    assertFalse(disk.exists(FILE));
  }
}
