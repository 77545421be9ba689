package io.hybnext.ops.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.StepCommitted;
import io.hybnext.actors.run.ProgressEvent.TrainerChanged;
import io.hybnext.actors.run.StepReport;
import io.hybnext.ops.home.Machine;
import io.hybnext.ops.report.ReportData.CurvePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Keeps what a report tells of a run, the curve and the trainer processes, and passes every event
 * on. Called by one thread, read by others.
 */
public final class RunRecorder implements Consumer<ProgressEvent> {
  private static final int LOOK_AT_MEMORY_EVERY = 20;

  private final Consumer<ProgressEvent> next;
  private final List<CurvePoint> curve = new ArrayList<>();
  private final Map<String, TrainerRecord> trainers = new TreeMap<>();
  private final double secondsBefore;
  private long startedNs;

  /**
   * What is known of a trainer.
   *
   * @param pid its last process, 0 when unknown
   * @param peakResidentBytes most memory seen
   */
  public record TrainerRecord(long pid, long peakResidentBytes) {}

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

  /** Trainers by name. */
  public synchronized Map<String, TrainerRecord> trainers() {
    return new TreeMap<>(trainers);
  }

  @Override
  public void accept(ProgressEvent event) {
    synchronized (this) {
      if (event instanceof StepCommitted step) {
        onStep(step);
      } else if (event instanceof TrainerChanged changed) {
        onTrainer(changed);
      }
    }
    next.accept(event);
  }

  private void onTrainer(TrainerChanged changed) {
    OptionalLong pid = changed.processId();
    if (pid.isPresent()) {
      TrainerRecord before = trainers.get(changed.trainer());
      long peak = before == null ? 0 : before.peakResidentBytes();
      trainers.put(changed.trainer(), new TrainerRecord(pid.getAsLong(), peak));
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
    trainers.replaceAll(
        (name, known) -> {
          long peak = Math.max(known.peakResidentBytes(), Machine.peakResidentBytes(known.pid()));
          return new TrainerRecord(known.pid(), peak);
        });
  }
}
