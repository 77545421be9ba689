package io.hybnext.actors.exchange.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClientWatchTest {
  @Test
  void shouldFindTheProcessInItsNameAmongOtherWords() {
    String label = "a label: " + ClientName.ofThisProcess() + " and more";
    assertEquals(ProcessHandle.current().pid(), ClientName.processIn(label));
    assertEquals(0, ClientName.processIn("other-12"));
    assertEquals(0, ClientName.processIn("hybnext-0123-12"), "another namespace");
    assertEquals(0, ClientName.processIn(""));
  }

  @Test
  void shouldSeeAProcessDieAlthoughNobodyWaitedForIt() throws Exception {
    // the shell starts the sleeper, tells its number, and does not ask how it ended
    Process shell =
        new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; read line; kill -9 $!; exec sleep 60")
            .start();
    try {
      long pid = Long.parseLong(shell.inputReader().readLine());
      try (WatchedProcess process = WatchedProcess.of(pid)) {
        assertTrue(process.isAlive());
        shell.outputWriter().append("go\n").flush();
        long startNs = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - startNs < 20_000_000_000L) {
          Thread.onSpinWait();
        }
        assertFalse(process.isAlive());
      }
    } finally {
      shell.destroyForcibly();
    }
  }

  @Test
  void shouldNotWatchWhatIsNotThere() {
    assertNull(WatchedProcess.of(Integer.MAX_VALUE));
  }
}
