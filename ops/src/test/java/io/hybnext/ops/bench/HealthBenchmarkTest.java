package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.StatusFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthBenchmarkTest {
  @TempDir Path folder;

  @Test
  void shouldDoWhatAWatchDoesAndFindNothingInACalmRun() throws Exception {
    HealthBenchmark.Figures figures = new HealthBenchmark(folder, 8, 4).measure(20);
    assertTrue(figures.trainerUs() > 0, figures.toString());
    assertTrue(figures.leaderUs() > 0, figures.toString());
    assertEquals(0, figures.findings(), figures.toString());
    RunSnapshot status = StatusFile.read(folder).orElseThrow();
    assertEquals(8, status.members().size());
    assertEquals(80, status.progress().step());
    assertEquals(80, status.members().get(7).vitals().steps() + 4, "told before its last second");
  }
}
