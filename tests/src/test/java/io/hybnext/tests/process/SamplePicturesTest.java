package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pictures that a run draws of its checkpoints, by the process that it starts for it. */
class SamplePicturesTest {
  private static final int STEPS = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private List<String> settings() {
    return SmallRun.settings(
        run(), folder.resolve("data/manifest.jsonl"), folder.resolve("store"), STEPS);
  }

  private Path run() {
    return folder.resolve("run");
  }

  private void train() throws Exception {
    SampleImages.copy(folder.resolve("data"), 32, 8);
    HybnextProcess.withSettings(folder.resolve("errors.txt"), List.of("train"), settings())
        .awaitResult();
    Path file = run().resolve("run.json"); // while it trained nothing was to be drawn
    String without = Files.readString(file);
    String with = without.replaceAll("(samples\\\\?\":)0", "$12");
    assertNotEquals(without, with);
    Files.writeString(file, with);
  }

  private void draw() throws Exception {
    HybnextProcess process =
        new HybnextProcess(
            folder.resolve("errors.txt"),
            List.of(
                "draw",
                "--checkpoint",
                run().resolve("checkpoints/step-0000000" + STEPS).toString()));
    assertEquals("2", process.awaitResult().asText());
  }

  private byte[] picture(String name) throws Exception {
    return Files.readAllBytes(run().resolve("pictures").resolve(name));
  }

  @Test
  void shouldDrawTheSamePicturesOfACheckpointEveryTime() throws Exception {
    train();
    draw();
    byte[] first = picture("step-00000002-0.png");
    BufferedImage image = ImageIO.read(run().resolve("pictures/step-00000002-1.png").toFile());
    BufferedImage real = ImageIO.read(run().resolve("pictures/real-1.png").toFile());
    assertTrue(image.getWidth() >= 64 && image.getWidth() == real.getWidth());
    JsonNode captions = JSON.readTree(picture("captions.json"));
    assertEquals(2, captions.size());
    assertTrue(!captions.get(0).equals(captions.get(1)), "different captions: " + captions);
    draw();
    assertArrayEquals(first, picture("step-00000002-0.png"));
    assertTrue(Files.notExists(run().resolve("pictures/.unfinished")));
  }
}
