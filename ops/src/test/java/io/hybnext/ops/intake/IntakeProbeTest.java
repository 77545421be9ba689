package io.hybnext.ops.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.health.HealthSignal;
import io.hybnext.ops.report.ReportData.Ingestion.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeProbeTest {
  @TempDir Path store;
  private final AtomicLong nowNs = new AtomicLong();

  private IntakeProbe probe() {
    return new IntakeProbe(store, nowNs::get);
  }

  private void write(String at, boolean going) {
    List<Stage> stages = List.of(new Stage("decode", 40, 5, 1, 9, 0.5));
    new IntakeFile(at, going, 50, stages, Map.of("decode", 7L)).write(store);
  }

  private void pass(double seconds) {
    nowNs.addAndGet((long) (seconds * 1e9));
  }

  @Test
  void shouldSayThatAnIngestionFellSilent() {
    IntakeProbe probe = probe();
    for (int second = 0; second < 5; second++) {
      write("at " + second, true);
      assertTrue(probe.look().isEmpty());
      pass(1);
    }
    pass(1);
    assertTrue(probe.look().isEmpty());
    pass(1.5);
    assertTrue(probe.look().orElseThrow().sentence().contains("has told nothing for 3 s"));
    write("at 9", true);
    assertTrue(probe.look().isEmpty());
  }

  @Test
  void shouldAskNoMoreHasteThanTheIngestionShowed() {
    IntakeProbe probe = probe();
    for (int second = 0; second < 12; second += 3) {
      write("at " + second, true);
      assertTrue(probe.look().isEmpty());
      pass(3);
    }
    pass(1.4);
    assertTrue(probe.look().isEmpty());
    pass(0.2);
    assertTrue(probe.look().isPresent());
  }

  @Test
  void shouldSayNothingOfWhatIsOverOrNeverWas() {
    IntakeProbe probe = probe();
    assertTrue(probe.look().isEmpty());
    write("at 0", true);
    pass(60);
    assertTrue(probe.look().isEmpty(), "it was gone before anybody looked");
    assertEquals(List.of(), probe.stages());
    write("at 1", true);
    assertTrue(probe.look().isEmpty());
    write("at 2", false);
    assertTrue(probe.look().isEmpty());
    pass(60);
    assertTrue(probe.look().isEmpty());
  }

  @Test
  void shouldTellWhatStagesHaveDoneAndWhatWaits() {
    IntakeProbe probe = probe();
    write("at 0", true);
    probe.look();
    write("at 1", true);
    probe.look();
    assertEquals(List.of(new HealthSignal.Stage("decode", 40, 7)), probe.stages());
  }
}
