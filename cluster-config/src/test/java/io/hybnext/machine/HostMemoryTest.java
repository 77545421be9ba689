package io.hybnext.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
  @TempDir Path root;

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private void machine() throws IOException {
    write("proc/meminfo", "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   400 kB\n");
  }

  @Test
  void shouldTellOfTheMachineWithoutAContainersBound() throws IOException {
    machine();
    write("sys/fs/cgroup/memory.max", "max\n");
    assertEquals(new HostMemory(400 * 1024, 1000 * 1024), HostMemory.read(root));
  }

  @Test
  void shouldTellOfTheContainerWhereItIsSmaller() throws IOException {
    machine();
    write("sys/fs/cgroup/memory.max", "102400\n");
    write("sys/fs/cgroup/memory.current", "92160\n");
    write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 2048\n");
    assertEquals(new HostMemory(12288, 102400), HostMemory.read(root));
  }

  @Test
  void shouldKnowNothingElsewhere() {
    assertEquals(new HostMemory(0, 0), HostMemory.read(root));
  }
}
