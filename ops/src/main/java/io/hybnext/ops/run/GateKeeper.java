package io.hybnext.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.run.ProgressEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a run's checkpoints measured while it goes on, see {@link CheckpointWorker}. In the process
 * that leads the run.
 */
final class GateKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GateKeeper.class);
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final CheckpointWorker.Work MEASURE =
      new CheckpointWorker.Work("gate", "measures", "was not measured and does not become current");

  private final CheckpointWorker worker;

  /**
   * Starts waiting for checkpoints.
   *
   * @param turn see {@link CheckpointWorker}
   * @param listener gets a {@link ProgressEvent.Gate} for each that was measured
   */
  GateKeeper(RunFolder folder, ReentrantLock turn, Consumer<ProgressEvent> listener) {
    worker = new CheckpointWorker(folder, MEASURE, turn, line -> tell(line, listener));
  }

  /** The same, alone, with another program, whose last line is the event. */
  GateKeeper(
      RunFolder folder, Function<Path, List<String>> program, Consumer<ProgressEvent> listener) {
    worker =
        new CheckpointWorker(
            folder, MEASURE, program, new ReentrantLock(true), line -> tell(line, listener));
  }

  private static void tell(String line, Consumer<ProgressEvent> listener) {
    try {
      listener.accept(JSON.readValue(line, ProgressEvent.Gate.class));
    } catch (JsonProcessingException foreign) {
      LOG.warn("A checkpoint was measured, but the answer cannot be read: {}", line);
    }
  }

  /** What it does. */
  Pulse pulse() {
    return worker.pulse();
  }

  /** A checkpoint was published. */
  void onCheckpoint(Path checkpoint) {
    worker.onCheckpoint(checkpoint);
  }

  /** Waits until the newest checkpoint is measured; nothing more comes. */
  void finish() throws InterruptedException {
    worker.finish();
  }

  /** Ends the process that measures; its checkpoint is measured at the next start. */
  @Override
  public void close() {
    worker.close();
  }
}
