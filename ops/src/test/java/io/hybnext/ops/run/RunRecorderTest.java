package io.hybnext.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import io.hybnext.ops.report.ReportData.CurvePoint;
import io.hybnext.ops.run.RunRecorder.ProcessRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecorderTest {
  @TempDir Path folder;
  private final List<ProgressEvent> passedOn = new ArrayList<>();

  private RunRecorder recorder() throws IOException {
    return new RunRecorder(folder.resolve("run.jsonl"), passedOn::add);
  }

  private static ProgressEvent step(long step, double nll) {
    StepReport report =
        new StepReport(step, nll, 0.5, 0, 64, 1, true, 1e-3, 1, 1, 1, 1, 0, List.of());
    return new ProgressEvent.StepCommitted(report, 100, 3000, 0.1, 10, List.of());
  }

  private static ProgressEvent trainer(String name, TrainerState state, String detail) {
    return new ProgressEvent.TrainerChanged(name, state, detail);
  }

  @Test
  void shouldKeepEveryStepOnceAndPassEverythingOn() throws IOException {
    RunRecorder recorder = recorder();
    for (long step : new long[] {0, 1, 2, 1, 2, 3}) { // two steps again, from a checkpoint
      recorder.accept(step(step, 7 - 0.1 * step));
    }
    assertEquals(List.of(1L, 2L, 3L, 4L), recorder.curve().stream().map(CurvePoint::step).toList());
    assertEquals(6.8, recorder.curve().get(2).nll());
    assertEquals(6, passedOn.size());
  }

  @Test
  void shouldBeginWithWhatAnEarlierStartNoted() throws IOException {
    Files.writeString(
        folder.resolve("run.jsonl"),
        """
        {"time":"2026-01-01T00:00:00Z","kind":"generation-formed","generation":1}
        {"time":"2026-01-01T00:00:10Z","kind":"step","step":0,"nll":6.9,"gva":0.9}
        {"time":"2026-01-01T00:00:14Z","kind":"step","step":1,"nll":6.8,"gva":0.8}
        """);
    RunRecorder recorder = recorder();
    assertEquals(2, recorder.curve().size());
    assertEquals(4, recorder.curve().get(1).seconds());
    assertEquals(6.8, recorder.curve().get(1).nll());
    recorder.accept(step(2, 6.7));
    assertTrue(recorder.curve().get(2).seconds() >= 4);
  }

  @Test
  void shouldTellEveryProcessAndHowItEnded() throws IOException {
    RunRecorder recorder = recorder();
    long alive = ProcessHandle.current().pid();
    recorder.accept(new ProgressEvent.DriverStarted(1_000_000_001, ""));
    recorder.accept(trainer("trainer-0", TrainerState.LAUNCHED, ""));
    recorder.accept(trainer("trainer-0", TrainerState.JOINED, "127.0.0.1, process " + alive));
    recorder.accept(trainer("trainer-1", TrainerState.JOINED, "127.0.0.1, process 1000000002"));
    recorder.accept(
        trainer("trainer-1", TrainerState.LOST, "trainer-1 (process 1000000002) was ended by 9"));
    recorder.accept(trainer("trainer-1", TrainerState.JOINED, "127.0.0.1, process 1000000003"));
    recorder.accept(new ProgressEvent.DriverStarted(1_000_000_004, "the driver was killed"));
    recorder.accept(trainer("trainer-0", TrainerState.LOST, "trainer-0 ended with code 0"));
    List<ProcessRecord> processes = recorder.processes();
    assertEquals(
        List.of("media driver", "trainer-0", "trainer-1", "trainer-1", "media driver"),
        processes.stream().map(ProcessRecord::name).toList());
    assertEquals("lost: the driver was killed", processes.get(0).state());
    assertEquals("ended", processes.get(1).state());
    assertTrue(processes.get(1).peakResidentBytes() > 1 << 20);
    assertTrue(processes.get(2).state().endsWith("was ended by 9"), processes.get(2).state());
    assertEquals("ended", processes.get(3).state());
    assertEquals(1_000_000_004, processes.get(4).pid());
  }
}
