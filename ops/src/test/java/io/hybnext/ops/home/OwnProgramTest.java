package io.hybnext.ops.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnProgramTest {
  @Test
  void shouldTellTheProcessWhereItsNetworksLie() {
    String before = System.getProperty("hybnext.home");
    Path home = Path.of("somewhere").toAbsolutePath();
    System.setProperty("hybnext.home", home.toString());
    try {
      List<String> command = OwnProgram.command(64, List.of("ingest", "--json"));
      assertTrue(command.contains("-Dhybnext.home=" + home), command::toString);
      assertTrue(command.contains("-Xmx64m"), command::toString);
      assertEquals(
          List.of("io.hybnext.ops.Hybnext", "ingest", "--json"),
          command.subList(command.size() - 3, command.size()));
    } finally {
      if (before == null) {
        System.clearProperty("hybnext.home");
      } else {
        System.setProperty("hybnext.home", before);
      }
    }
  }
}
