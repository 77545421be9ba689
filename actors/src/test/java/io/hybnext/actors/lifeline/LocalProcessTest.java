package io.hybnext.actors.lifeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class LocalProcessTest {
  private static String name(long pid) {
    String self = LocalProcess.self();
    return self.substring(0, self.lastIndexOf('/') + 1) + pid;
  }

  @Test
  @Timeout(60)
  void shouldSeeThatAProcessWasStoppedAndThatItGoesOn() throws IOException, InterruptedException {
    Process child = new ProcessBuilder("sleep", "600").start();
    try {
      LocalProcess seen = LocalProcess.of(name(child.pid())).orElseThrow();
      assertEquals(Sight.RUNNING, seen.look());
      signal("STOP", child.pid());
      await(seen, Sight.STOPPED);
      signal("CONT", child.pid());
      await(seen, Sight.RUNNING);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static void signal(String which, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + which, Long.toString(pid)).start().waitFor();
  }

  private static void await(LocalProcess seen, Sight wanted) throws InterruptedException {
    while (seen.look() != wanted) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void shouldSeeNothingOfOtherMachinesAndOfProcessesThatAreGone() {
    assertTrue(LocalProcess.of("other-boot/pid:[1]/17").isEmpty());
    assertTrue(LocalProcess.of("-").isEmpty());
    assertTrue(LocalProcess.of("").isEmpty());
    assertEquals(Sight.UNKNOWN, LocalProcess.of(name(4_194_305)).orElseThrow().look());
  }
}
