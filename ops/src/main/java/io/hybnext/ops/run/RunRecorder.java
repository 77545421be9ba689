package io.hybnext.ops.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.DriverStarted;
import io.hybnext.actors.run.ProgressEvent.StepCommitted;
import io.hybnext.actors.run.ProgressEvent.TrainerChanged;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import io.hybnext.ops.home.Machine;
import io.hybnext.ops.report.ReportData.CurvePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Keeps what a report tells of a run, the curve and the processes, and passes every event on.
 * Called by one thread, read by others.
 */
public final class RunRecorder implements Consumer<ProgressEvent> {
  private static final int LOOK_AT_MEMORY_EVERY = 20;

  /** Name of the media driver's process. */
  public static final String MEDIA_DRIVER = "media driver";

  private static final String GOOD_END = "ended with code 0";

  private final Consumer<ProgressEvent> next;
  private final List<CurvePoint> curve = new ArrayList<>();
  private final Map<Long, ProcessRecord> processes = new LinkedHashMap<>();
  private final double secondsBefore;
  private long startedNs;

  /**
   * What is known of a process other than this one.
   *
   * @param name {@code media driver}, or the trainer's
   * @param pid its number
   * @param peakResidentBytes most memory seen, 0 when it never was
   * @param state {@code ended}, or how it was lost
   */
  public record ProcessRecord(String name, long pid, long peakResidentBytes, String state) {}

  /**
   * Passes events on to {@code next}.
   *
   * @param journal of the run; the curve begins with the steps noted there by earlier starts
   * @throws IOException when the journal is there and cannot be read
   */
  public RunRecorder(Path journal, Consumer<ProgressEvent> next) throws IOException {
    this.next = next;
    Instant first = null;
    for (JsonNode line : RunJournal.read(journal)) {
      if (line.path("kind").asText().equals("step")) {
        Instant time = Instant.parse(line.path("time").asText());
        first = first == null ? time : first;
        addToCurve(noted(line, Duration.between(first, time).toMillis() / 1000.0));
      }
    }
    secondsBefore = curve.isEmpty() ? 0 : curve.get(curve.size() - 1).seconds();
  }

  private static CurvePoint noted(JsonNode line, double seconds) {
    return new CurvePoint(
        line.path("step").asLong() + 1,
        seconds,
        line.path("nll").asDouble(Double.NaN),
        line.path("gva").asDouble(Double.NaN),
        line.path("gradientNorm").asDouble(Double.NaN),
        line.path("learningRate").asDouble(Double.NaN),
        line.path("tokensPerSecond").asDouble(Double.NaN));
  }

  /** Steps that are done again after a restart replace what was there. */
  private void addToCurve(CurvePoint point) {
    while (!curve.isEmpty() && curve.get(curve.size() - 1).step() >= point.step()) {
      curve.remove(curve.size() - 1);
    }
    curve.add(point);
  }

  /** Every step committed, each once, in order. */
  public synchronized List<CurvePoint> curve() {
    return List.copyOf(curve);
  }

  /** Media driver and trainers, in the order in which they were first heard of. */
  public synchronized List<ProcessRecord> processes() {
    return List.copyOf(processes.values());
  }

  @Override
  public void accept(ProgressEvent event) {
    synchronized (this) {
      if (event instanceof StepCommitted step) {
        onStep(step);
      } else if (event instanceof TrainerChanged changed) {
        onTrainer(changed);
      } else if (event instanceof DriverStarted driver) {
        onDriver(driver);
      }
    }
    next.accept(event);
  }

  private void onTrainer(TrainerChanged changed) {
    OptionalLong pid = changed.processId();
    if (changed.state() == TrainerState.JOINED && pid.isPresent()) {
      add(changed.trainer(), pid.getAsLong());
    } else if (changed.state() == TrainerState.LOST && !changed.detail().contains(GOOD_END)) {
      lose(changed.trainer(), changed.detail());
    }
  }

  private void onDriver(DriverStarted driver) {
    if (!driver.detail().isEmpty()) {
      lose(MEDIA_DRIVER, driver.detail());
    }
    add(MEDIA_DRIVER, driver.process());
  }

  private void add(String name, long pid) {
    processes.put(pid, new ProcessRecord(name, pid, Machine.peakResidentBytes(pid), "ended"));
  }

  /** The last process of that name. */
  private void lose(String name, String how) {
    ProcessRecord last = null;
    for (ProcessRecord known : processes.values()) {
      last = known.name().equals(name) ? known : last;
    }
    if (last != null) {
      String state = "lost: " + how;
      processes.put(
          last.pid(), new ProcessRecord(name, last.pid(), last.peakResidentBytes(), state));
    }
  }

  private void onStep(StepCommitted step) {
    StepReport report = step.report();
    if (startedNs == 0) {
      startedNs = System.nanoTime();
    }
    addToCurve(
        new CurvePoint(
            report.step() + 1,
            secondsBefore + (System.nanoTime() - startedNs) / 1e9,
            report.nll(),
            report.gva(),
            report.gradientNorm(),
            report.learningRate(),
            step.tokensPerSecond()));
    if (report.step() % LOOK_AT_MEMORY_EVERY == 0 || report.step() + 1 == step.steps()) {
      lookAtMemory();
    }
  }

  private void lookAtMemory() {
    processes.replaceAll(
        (pid, known) -> {
          long peak = Math.max(known.peakResidentBytes(), Machine.peakResidentBytes(pid));
          return new ProcessRecord(known.name(), pid, peak, known.state());
        });
  }
}
