package io.hybnext.streams.deidentify;

import io.hybnext.streams.TestImages;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.dicom.TestDicom;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A hundred DICOM files with a thousand identifiers in elements, names and captions; of each ten
 * one is cut short, one says that text is burned in, one has pixels that are not read here.
 */
public final class PlantedFiles {
  private static final int FILES = 100;
  private static final int SIDE = 48;

  /** What their reports say beside names. */
  public static final String FINDING = "No focal consolidation.";

  private final Path folder;
  private final List<String> planted = new ArrayList<>();

  private PlantedFiles(Path folder) {
    this.folder = folder;
  }

  /** Writes them into a folder. */
  public static PlantedFiles write(Path folder) throws IOException {
    PlantedFiles files = new PlantedFiles(folder);
    for (int k = 0; k < FILES; k++) {
      files.writeFile(k, k % 10);
    }
    return files;
  }

  /** All identifiers. */
  public List<String> identifiers() {
    return List.copyOf(planted);
  }

  private String plant(String identifier) {
    planted.add(identifier);
    return identifier;
  }

  /** Ten identifiers: in known, private and nested elements, in names, and all in the report. */
  private void writeFile(int k, int fault) throws IOException {
    String surname = plant("Zimmerquark" + (char) ('a' + k / 26) + (char) ('a' + k % 26));
    String given = plant("Oluwaseun" + (char) ('a' + k % 26) + (char) ('a' + k / 26));
    String number = plant("PID" + (70_000 + k));
    String accession = plant("ACC-" + (80_000 + k));
    String hospital = plant("Quellbrunn Klinik " + (char) ('A' + k / 26) + (char) ('A' + k % 26));
    String physician = plant("Drosselbart" + (char) ('a' + k / 26) + (char) ('a' + k % 26));
    String secret = plant("privat-" + (90_000 + k));
    String other = plant("OTHER" + (60_000 + k));
    String study = plant("1.2.276.0.99." + (5_000_000 + k) + ".1");
    String phone = plant("0711 55" + (10_000 + k));
    byte[] pixels =
        ((DataBufferByte) TestImages.grey(SIDE, SIDE, k).getRaster().getDataBuffer()).getData();
    TestDicom file =
        new TestDicom(SIDE, SIDE, fault == 1 ? Arrays.copyOf(pixels, 100) : pixels)
            .text(DicomTag.PATIENT_NAME, "PN", surname + "^" + given)
            .text(DicomTag.PATIENT_ID, "LO", number)
            .text(DicomTag.ACCESSION_NUMBER, "SH", accession)
            .text(0x00080080, "LO", hospital)
            .text(0x00080090, "PN", physician + "^Anna")
            .text(0x00091010, "LO", secret)
            .nested(0x00101002, DicomTag.PATIENT_ID, "LO", other)
            .text(DicomTag.STUDY_INSTANCE_UID, "UI", study)
            .text(DicomTag.SOP_INSTANCE_UID, "UI", study + ".7")
            .text(0x00102154, "SH", phone)
            .text(DicomTag.MODALITY, "CS", fault == 4 ? number : "DX")
            .text(DicomTag.VIEW_POSITION, "CS", "PA")
            .text(DicomTag.SERIES_DESCRIPTION, "LO", "Thorax " + surname)
            .text(DicomTag.BURNED_IN_ANNOTATION, "CS", fault == 2 ? "YES" : "NO");
    if (fault == 3) {
      file.syntax("1.2.840.10008.1.2.4.90");
    }
    Path to = folder.resolve(surname + "_" + number + "/" + accession + ".dcm");
    Files.createDirectories(to.getParent());
    Files.write(to, file.bytes());
    String report =
        FINDING + " " + String.join(", ", planted.subList(planted.size() - 10, planted.size()));
    Files.writeString(
        to.resolveSibling(accession + ".txt"), report.toUpperCase(Locale.ROOT) + " " + FINDING);
  }

  /** Names and contents of all files below a folder, one byte a character. */
  public static String everythingBelow(Path start) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(start)) {
      for (Path file : files.sorted().toList()) {
        all.append(start.relativize(file)).append('\n');
        if (Files.isRegularFile(file)) {
          all.append(Files.readString(file, StandardCharsets.ISO_8859_1)).append('\n');
        }
      }
    }
    return all.toString();
  }

  /** The identifiers that a text has, in any case of letters. */
  public List<String> found(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return planted.stream().filter(one -> lower.contains(one.toLowerCase(Locale.ROOT))).toList();
  }
}
