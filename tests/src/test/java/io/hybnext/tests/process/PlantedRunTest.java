package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.streams.deidentify.PlantedFiles;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand identifiers go in; none is in what ingestion, a run, its page, its metrics and the
 * commands about it leave and say.
 */
class PlantedRunTest {
  private static final int STEPS = 2;

  @TempDir Path folder;

  private List<String> settings() {
    return SmallRun.settings(
        folder.resolve("out/run"),
        folder.resolve("in"),
        folder.resolve("out/store"),
        STEPS,
        "data.caption-template={series}, {view}: {caption}",
        "intake.min-side=32",
        "intake.burned-in=pass");
  }

  private String command(String... words) throws Exception {
    HybnextProcess process =
        HybnextProcess.withSettings(folder.resolve("out/errors.txt"), List.of(words), settings());
    process.awaitResult();
    return process.told();
  }

  @Test
  void shouldLeaveNoIdentifierInAnythingThatARunLeavesAndSays() throws Exception {
    PlantedFiles planted = PlantedFiles.write(folder.resolve("in"));
    Files.createDirectories(folder.resolve("out"));
    StringBuilder said = new StringBuilder(command("train"));
    said.append(command("lineage", planted.identifiers().get(8)));
    said.append(page());
    String left = PlantedFiles.everythingBelow(folder.resolve("out"));
    assertTrue(left.contains("step-0000000" + STEPS), "the run came to its last checkpoint");
    assertTrue(said.toString().contains("hybnext_"), "metrics were read");
    assertEquals(List.of(), planted.found(left + said));
  }

  /** What the operators' page and whoever reads metrics get. */
  private String page() throws Exception {
    HybnextProcess process =
        new HybnextProcess(
            folder.resolve("out/errors.txt"),
            List.of("dashboard", folder.resolve("out/run").toString(), "--port", "0", "--json"));
    try {
      JsonNode told = process.await("http://");
      Matcher address = Pattern.compile("http://[0-9.:]+/").matcher(told.toString());
      assertTrue(address.find(), told.toString());
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest metrics = HttpRequest.newBuilder(URI.create(address.group() + "metrics")).build();
      HttpRequest events =
          HttpRequest.newBuilder(URI.create(address.group() + "api/events")).build();
      return client.send(metrics, BodyHandlers.ofString()).body()
          + firstEvent(client.send(events, BodyHandlers.ofInputStream()).body());
    } finally {
      process.kill();
    }
  }

  /** The whole state, which comes before what changes. */
  private static String firstEvent(InputStream events) throws Exception {
    StringBuilder event = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        event.append(line).append('\n');
        if (line.isEmpty() && event.length() > 200) {
          return event.toString();
        }
      }
    }
    throw new AssertionError("the page said nothing: " + event);
  }
}
