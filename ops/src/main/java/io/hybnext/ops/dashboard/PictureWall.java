package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pictures of a run: {@code pictures/step-NNNNNNNN-K.png}, drawn from the checkpoint of a step
 * for caption K, and {@code pictures/real-K.png}, a held-out image of that caption. Other files of
 * the folder are not shown to anybody.
 */
final class PictureWall {
  private static final Pattern DRAWN = Pattern.compile("step-(\\d{8,12})-(\\d{1,3})\\.png");
  private static final Pattern REAL = Pattern.compile("real-(\\d{1,3})\\.png");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path run;

  PictureWall(Path run) {
    this.run = run;
  }

  /**
   * What there is.
   *
   * @param captions of the columns; empty when nothing tells them
   * @param real names of real images by column
   * @param rows drawn ones, by step
   * @param evaluations of checkpoints, as the run's report has them
   * @param stages of ingestion, as the run's report has them
   */
  record Wall(
      List<String> captions,
      List<String> real,
      List<Row> rows,
      JsonNode evaluations,
      JsonNode stages) {}

  /**
   * Pictures of a checkpoint.
   *
   * @param step of it
   * @param pictures names by column
   */
  record Row(long step, List<String> pictures) {}

  /** Looks at the folder. */
  Wall look() throws IOException {
    TreeMap<Long, List<String>> rows = new TreeMap<>();
    List<String> real = new ArrayList<>();
    for (String name : names()) {
      Matcher drawn = DRAWN.matcher(name);
      if (drawn.matches()) {
        rows.computeIfAbsent(Long.parseLong(drawn.group(1)), step -> new ArrayList<>()).add(name);
      } else if (REAL.matcher(name).matches()) {
        real.add(name);
      }
    }
    List<Row> shown = new ArrayList<>();
    rows.forEach((step, names) -> shown.add(new Row(step, names)));
    JsonNode report = report();
    List<String> captions = new ArrayList<>();
    JsonNode told = report.has("captions") ? report.path("captions") : captions();
    told.forEach(caption -> captions.add(caption.asText()));
    return new Wall(
        captions,
        real,
        shown,
        report.withArray("evaluations"),
        report.path("ingestion").path("stages"));
  }

  private List<String> names() throws IOException {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A picture's bytes; empty when there is none of that name. */
  Optional<byte[]> picture(String name) throws IOException {
    boolean shown = DRAWN.matcher(name).matches() || REAL.matcher(name).matches();
    Path file = folder().resolve(name);
    return shown && Files.isRegularFile(file)
        ? Optional.of(Files.readAllBytes(file))
        : Optional.empty();
  }

  /** Those of a run whose checkpoints are drawn from while it goes on. */
  private JsonNode captions() throws IOException {
    Path file = folder().resolve("captions.json");
    return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createArrayNode();
  }

  private Path folder() {
    return run.resolve("pictures");
  }

  /** The report that a demo leaves at its end. */
  private JsonNode report() throws IOException {
    Path report = run.resolve("report.json");
    return Files.exists(report) ? JSON.readTree(report.toFile()) : JSON.createObjectNode();
  }
}
