package io.hybnext.ops.tensorboard;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.StepReport;
import io.hybnext.ops.report.ReportData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a run comes to for TensorBoard, {@code tensorboard --logdir RUN/tensorboard}: at most
 * a few thousand points a curve, a file a start. Training never fails for it: when the disk does
 * not take it, it ends with one line in the log. One thread at a time.
 */
public final class TensorBoardLog implements Consumer<ProgressEvent>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TensorBoardLog.class);
  private static final long POINTS = 2_000;
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final Path folder;
  private final Clock clock;
  private EventFile file; // null before the first step
  private boolean failed;
  private Instant flushed = Instant.EPOCH;

  /** Puts something into a file. */
  private interface Writing {
    void to(EventFile to, Instant now, long step) throws IOException;
  }

  /** Writes below a run's folder; nothing is made before the first step. */
  public TensorBoardLog(Path run, Clock clock) {
    folder = folder(run);
    this.clock = clock;
  }

  /** Where event files of a run lie. */
  public static Path folder(Path run) {
    return run.resolve("tensorboard");
  }

  @Override
  public void accept(ProgressEvent event) {
    if (event instanceof ProgressEvent.StepCommitted step) {
      long every = Math.max(1, step.steps() / POINTS);
      if (step.report().step() % every == 0 || step.report().step() + 1 == step.steps()) {
        write(step.report().step() + 1, (to, now, at) -> to.scalars(now, at, values(step)));
      }
    } else if (event instanceof ProgressEvent.RolledBack back) {
      write(back.to() + 1, EventFile::restart);
    }
  }

  private static Map<String, Double> values(ProgressEvent.StepCommitted step) {
    StepReport report = step.report();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss/nll", report.nll());
    values.put("loss/gva", report.gva());
    values.put("loss/z", report.zLoss());
    values.put("training/gradient_norm", report.gradientNorm());
    values.put("training/learning_rate", report.learningRate());
    values.put("speed/tokens_per_s", step.tokensPerSecond());
    values.put("speed/step_s", step.secondsPerStep());
    step.members()
        .forEach(
            member -> {
              values.put("compute_ms/" + member.trainer(), member.computeMs());
              values.put("exchange_ms/" + member.trainer(), member.exchangeMs());
              values.put("data_wait_ms/" + member.trainer(), member.dataWaitMs());
            });
    return values;
  }

  private void write(long step, Writing writing) {
    if (failed) {
      return;
    }
    try {
      Instant now = clock.instant();
      if (file == null) {
        file = new EventFile(folder, now, UUID.randomUUID().toString());
        file.restart(now, step);
      }
      writing.to(file, now, step);
      if (flushed.plus(FLUSH).isBefore(now)) {
        file.flush();
        flushed = now;
      }
    } catch (IOException e) {
      failed = true;
      LOG.warn("{} is not written any more: {}", folder, e.getMessage());
    }
  }

  /**
   * Writes measured checkpoints and their pictures, as a file of its own.
   *
   * @param run folder of the run, which the names of the pictures are relative to
   * @param captions of the pictures of a row
   * @throws IOException when a picture cannot be read, or the file not be written
   */
  public static void write(
      Path run,
      Clock clock,
      List<String> captions,
      List<ReportData.SampleRow> samples,
      List<ReportData.Evaluation> evaluations)
      throws IOException {
    Instant now = clock.instant();
    try (EventFile to = new EventFile(folder(run), now, UUID.randomUUID().toString())) {
      for (ReportData.Evaluation of : evaluations) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("held_out/nll", of.nll());
        values.put("held_out/gva", of.gva());
        values.put("held_out/kid", of.kid());
        values.put("held_out/fid", of.fid());
        to.scalars(now, of.step(), values);
      }
      for (ReportData.SampleRow row : samples) {
        for (int column = 0; column < row.files().size(); column++) {
          String tag = "samples/" + (column + 1) + " " + captions.get(column);
          picture(to, now, row.step(), tag, run.resolve(row.files().get(column)));
        }
      }
    }
  }

  private static void picture(EventFile to, Instant now, long step, String tag, Path png)
      throws IOException {
    BufferedImage image = ImageIO.read(png.toFile());
    if (image == null) {
      throw new IOException(png + " is no picture");
    }
    to.picture(now, step, tag, image.getWidth(), image.getHeight(), Files.readAllBytes(png));
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.warn("{} was not written to its end: {}", folder, e.getMessage());
    }
  }
}
