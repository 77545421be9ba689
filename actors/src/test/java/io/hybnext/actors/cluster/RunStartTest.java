package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may change the files of a run. */
class RunStartTest {
  @TempDir Path folder;

  private final List<String> written = new ArrayList<>();

  private TrainingRunSettings settings() {
    return new TrainingRunSettings(
        new RunSettings(
            new RunIdentity("run", "settings", "data", "test"),
            new RunPlan(1, 1, 1, 1, 1, 1, folder.resolve("checkpoints").toString(), "", "none"),
            RunLimits.DEFAULTS),
        Endpoint.loopback(),
        folder.resolve("run.jsonl"),
        1);
  }

  private TrainingRun start(Runnable onLeading) throws ClusterException {
    return TrainingRun.start(
        settings(), TrainerLauncher.none(), ExchangeHost.none(), onLeading, event -> {});
  }

  @Test
  void shouldLeaveTheFilesOfARunAloneThatGoesOnInAnotherProcess() throws Exception {
    Leadership other = Leadership.take(settings());
    ClusterException refused =
        assertThrows(ClusterException.class, () -> start(() -> written.add("run.json")));
    assertTrue(refused.getMessage().contains("is going on in another process"));
    assertEquals(List.of(), written);
    other.giveBack();
  }

  @Test
  void shouldGiveTheRunBackWhenItsFilesCannotBeWritten() throws Exception {
    IllegalStateException full = new IllegalStateException("disk full");
    Runnable failing =
        () -> {
          throw full;
        };
    assertEquals(full, assertThrows(IllegalStateException.class, () -> start(failing)));
    Leadership.take(settings()).giveBack();
  }
}
