package io.hybnext.ops.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.image.PngFile;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.progress.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTrainingTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final List<ProgressEvent> events = new ArrayList<>();

  @BeforeEach
  void writeImages() throws IOException {
    Files.createDirectories(folder.resolve("data/images"));
    List<String> lines = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      byte[] pixels = new byte[40 * 40];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (128 + 80 * Math.sin(i % 40 * 0.2 + n) * Math.cos(i / 40 * 0.15));
      }
      PngFile.write(folder.resolve("data/images/" + n + ".png"), pixels, 40, 40, 1);
      lines.add(
          String.format(
              "{\"image\": \"images/%d.png\", \"split\": \"%s\"}", n, n < 9 ? "train" : "val"));
    }
    Files.write(folder.resolve("data/manifest.jsonl"), lines);
    Files.copy(
        TokenizerTrainingTest.class.getResourceAsStream("small-tokenizer.json"),
        folder.resolve("settings.json"));
  }

  private Map<String, Object> train(StopRequest stop) throws IOException {
    return new TokenizerTraining(
            folder.resolve("data"),
            folder.resolve("settings.json"),
            folder.resolve("out"),
            1,
            events::add,
            stop)
        .run();
  }

  @Test
  void shouldLeaveTokenizerPictureAndRecordAndGoOnFromThem() throws IOException {
    Map<String, Object> figures = train(new StopRequest());
    assertEquals(12L, figures.get("step"));
    assertTrue(Files.size(folder.resolve("out/reconstructions.png")) > 100);
    JsonNode record = JSON.readTree(folder.resolve("out/made.json").toFile());
    assertEquals(64, record.get("data_sha256").asText().length());
    assertEquals(figures.get("psnr_db"), record.get("psnr_db").asDouble());
    ObjectNode more = (ObjectNode) JSON.readTree(folder.resolve("settings.json").toFile());
    ((ObjectNode) more.get("training")).put("steps", 14);
    Files.writeString(folder.resolve("settings.json"), more.toString());
    assertEquals(14L, train(new StopRequest()).get("step"));
    assertTrue(events.contains(new ProgressEvent.Note("going on from step 12 of 14")));
  }

  @Test
  void shouldSayWhichManifestLineIsWrong() throws IOException {
    Path manifest = folder.resolve("data/manifest.jsonl");
    Files.writeString(manifest, Files.readString(manifest) + "{\"image\": \"../up.png\"}\n");
    CommandFailure failure = assertThrows(CommandFailure.class, () -> train(new StopRequest()));
    assertTrue(failure.getMessage().contains("manifest.jsonl line 13: want"), failure.getMessage());
  }

  @Test
  void shouldNameDamagedImage() throws IOException {
    Path image = folder.resolve("data/images/3.png");
    Files.write(image, java.util.Arrays.copyOf(Files.readAllBytes(image), 200));
    CommandFailure failure = assertThrows(CommandFailure.class, () -> train(new StopRequest()));
    assertTrue(failure.getMessage().contains("3.png"), failure.getMessage());
  }

  @Test
  void shouldNameUnknownSetting() throws IOException {
    Path settings = folder.resolve("settings.json");
    Files.writeString(settings, Files.readString(settings).replace("\"seed\"", "\"sead\""));
    CommandFailure failure = assertThrows(CommandFailure.class, () -> train(new StopRequest()));
    assertTrue(failure.getMessage().contains("settings.json"), failure.getMessage());
    assertTrue(failure.getMessage().contains("sead"), failure.getMessage());
  }

  @Test
  void shouldEndWithoutFilesWhenStoppedBeforeTheFirstStep() throws IOException {
    StopRequest stop = new StopRequest();
    stop.ask();
    CommandFailure failure = assertThrows(CommandFailure.class, () -> train(stop));
    assertTrue(failure.getMessage().startsWith("stopped before"), failure.getMessage());
  }
}
