package io.hybnext.ops.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
    replace(folder.resolve("report.json"), JSON.writeValueAsString(data));
    return replace(folder.resolve("report.html"), new ReportPage(data, folder).render());
  }

  /** Reads what {@link #write} wrote. */
  public static ReportData read(Path folder) throws IOException {
    return JSON.readValue(folder.resolve("report.json").toFile(), ReportData.class);
  }

  private static Path replace(Path file, String text) throws IOException {
    Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
    return Files.move(
        next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
