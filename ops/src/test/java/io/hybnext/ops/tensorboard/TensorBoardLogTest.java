package io.hybnext.ops.tensorboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.StepReport;
import io.hybnext.ops.report.ReportData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

  @TempDir Path run;

  private void train(long steps, long all) {
    try (TensorBoardLog log = new TensorBoardLog(run, CLOCK)) {
      for (long step = 0; step < steps; step++) {
        StepReport report =
            new StepReport(step, 7 - step, 0.5, 0, 64, 1, true, 1e-3, 1, 1, 1, 1, 0, List.of());
        log.accept(new ProgressEvent.StepCommitted(report, all, 3000, 0.1, 10, List.of()));
      }
    }
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(TensorBoardLog.folder(run))) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all::toString);
      assertTrue(all.get(0).toString().contains("events.out.tfevents.1700000000."));
      return all.get(0);
    }
  }

  @Test
  void shouldWriteScalarsThatAnIndependentReaderTakes() throws Exception {
    train(3, 100);
    List<Map<Integer, List<Object>>> events = RecordReader.read(file());
    assertEquals(5, events.size());
    assertEquals("brain.Event:2", RecordReader.text(events.get(0), 3));
    assertEquals(1L, RecordReader.message(events.get(1), 7, 0).get(1).get(0));
    Map<Integer, List<Object>> third = events.get(4);
    assertEquals(1_700_000_000.5, Double.longBitsToDouble((Long) third.get(1).get(0)));
    assertEquals(3L, third.get(2).get(0));
    Map<Integer, List<Object>> value =
        RecordReader.message(RecordReader.message(third, 5, 0), 1, 0);
    assertEquals("loss/nll", RecordReader.text(value, 1));
    assertEquals(5f, Float.intBitsToFloat((Integer) value.get(2).get(0)));
  }

  @Test
  void shouldKeepCurvesShort() throws Exception {
    train(100, 20_000);
    assertEquals(2 + 10, RecordReader.read(file()).size());
  }

  private byte[] showPictures() throws IOException {
    Path png = run.resolve("pictures/a.png");
    Files.createDirectories(png.getParent());
    ImageIO.write(new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB), "png", png.toFile());
    TensorBoardLog.write(
        run,
        CLOCK,
        List.of("a chest"),
        List.of(new ReportData.SampleRow(40, List.of("pictures/a.png"))),
        List.of(new ReportData.Evaluation(40, 6.5, 0.2, 0.03, 0.001, 12, 0.3, 8)));
    return Files.readAllBytes(png);
  }

  @Test
  void shouldWritePictures() throws Exception {
    byte[] png = showPictures();
    Map<Integer, List<Object>> event = RecordReader.read(file()).get(2);
    assertEquals(40L, event.get(2).get(0));
    Map<Integer, List<Object>> value =
        RecordReader.message(RecordReader.message(event, 5, 0), 1, 0);
    assertEquals("samples/1 a chest", RecordReader.text(value, 1));
    Map<Integer, List<Object>> image = RecordReader.message(value, 4, 0);
    assertEquals(List.of(3L, 5L), List.of(image.get(1).get(0), image.get(2).get(0)));
    assertArrayEquals(png, (byte[]) image.get(4).get(0));
  }

  @Test
  void shouldBeReadByTensorBoardItself() throws Exception {
    String python = System.getProperty("hybnext.python", "python3");
    String script =
        """
        import sys
        try:
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        except Exception:
            sys.exit(77)
        events = EventAccumulator(sys.argv[1]).Reload()
        nll = [(e.step, e.value) for e in events.Scalars('loss/nll')]
        image = events.Images('samples/1 a chest')[0]
        kid = round(events.Scalars('held_out/kid')[0].value, 4)
        print(nll, image.step, image.width, image.height, kid)
        """;
    train(3, 100);
    showPictures();
    Path errors = run.resolve("errors.txt");
    Process reader;
    try {
      reader =
          new ProcessBuilder(python, "-c", script, TensorBoardLog.folder(run).toString())
              .redirectError(errors.toFile())
              .start();
    } catch (IOException none) {
      assumeTrue(false, "there is no " + python + ": TensorBoard's own reader is not asked");
      return;
    }
    String said = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = reader.waitFor();
    assumeTrue(code != 77, python + " has no tensorboard: its own reader is not asked");
    assertEquals(
        "[(1, 7.0), (2, 6.0), (3, 5.0)] 40 5 3 0.03", said.strip(), Files.readString(errors));
  }
}
