package io.hybnext.ops.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a report in its folder: report.json and the page made from it. */
public final class ReportStore {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ReportStore() {}

  /**
   * Writes report.json and report.html; each appears as a whole or not at all.
   *
   * @param folder holds the pictures that the data names
   * @return the page
   */
  public static Path write(ReportData data, Path folder) throws IOException {
    Files.createDirectories(folder);
    AtomicFile.write(folder.resolve("report.json"), JSON.writeValueAsBytes(data));
    byte[] page = new ReportPage(data, folder).render().getBytes(StandardCharsets.UTF_8);
    return AtomicFile.write(folder.resolve("report.html"), page);
  }

  /** Reads what {@link #write} wrote. */
  public static ReportData read(Path folder) throws IOException {
    return JSON.readValue(folder.resolve("report.json").toFile(), ReportData.class);
  }
}
