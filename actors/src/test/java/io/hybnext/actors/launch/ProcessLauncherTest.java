package io.hybnext.actors.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessLauncherTest {
  @TempDir Path logs;

  private final BlockingQueue<String> exits = new LinkedBlockingQueue<>();

  private ProcessLauncher launcher(String script) {
    return new ProcessLauncher(
        List.of("trainer-0"),
        (trainer, incarnation, coordinator) ->
            List.of("/bin/sh", "-c", script, trainer, "" + incarnation, coordinator),
        Map.of("COLOUR", "grey"),
        logs.resolve("logs"));
  }

  private void start(ProcessLauncher launcher, long incarnation) {
    launcher.start(
        "trainer-0",
        incarnation,
        "127.0.0.1:25520",
        (name, number, why) -> exits.add(number + " " + why));
  }

  @Test
  void shouldPassArgumentsAndEnvironmentKeepTheLogAndTellTheExitCode() throws Exception {
    try (ProcessLauncher launcher = launcher("echo $0 $1 $2 $COLOUR; echo trouble >&2; exit 7")) {
      start(launcher, 1);
      String exit = exits.take();
      assertTrue(exit.startsWith("1 trainer-0 (process "), exit);
      assertTrue(exit.contains("ended with code 7; its log is " + logs), exit);
      start(launcher, 2);
      assertTrue(exits.take().startsWith("2 "));
      assertTrue(launcher.awaitExit(Duration.ofSeconds(50)));
    }
    assertEquals(
        List.of(
            "trainer-0 1 127.0.0.1:25520 grey",
            "trouble",
            "trainer-0 2 127.0.0.1:25520 grey",
            "trouble"),
        Files.readAllLines(logs.resolve("logs/trainer-0.log")));
  }

  @Test
  void shouldKillTheRightIncarnation() throws Exception {
    try (ProcessLauncher launcher = launcher("read line")) {
      start(launcher, 4);
      launcher.kill("trainer-0", 3);
      assertTrue(launcher.processIds().containsKey("trainer-0"));
      launcher.kill("trainer-0", 4);
      assertTrue(exits.take().contains("was ended by signal 9"));
    }
  }

  @Test
  void shouldEndEveryProcessWhenClosedAndStartNoMore() throws Exception {
    ProcessLauncher launcher = launcher("read line");
    start(launcher, 1);
    launcher.close();
    assertTrue(exits.take().contains("signal 9"));
    start(launcher, 2);
    assertTrue(exits.take().contains("was not started"));
  }

  @Test
  void shouldShieldChildrenFromCtrlC() throws Exception {
    try (ProcessLauncher launcher = launcher("kill -INT $$; kill -HUP $$; exit 5")) {
      start(launcher, 1);
      assertTrue(exits.take().contains("ended with code 5"));
    }
  }

  @Test
  void shouldTellWhenAProcessCannotBeStarted() throws Exception {
    Path file = Files.writeString(logs.resolve("taken"), "");
    ProcessLauncher launcher =
        new ProcessLauncher(
            List.of("trainer-0"), (name, number, where) -> List.of("x"), Map.of(), file);
    start(launcher, 1);
    assertTrue(exits.take().contains("trainer-0 cannot be started"));
    launcher.close();
  }

  @Test
  void shouldSeeThatTheParentIsGone() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    ParentWatch.start(new ByteArrayInputStream(new byte[100]), gone::countDown);
    assertTrue(gone.await(50, TimeUnit.SECONDS));
  }
}
