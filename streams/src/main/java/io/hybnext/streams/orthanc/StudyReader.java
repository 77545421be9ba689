package io.hybnext.streams.orthanc;

import io.hybnext.file.Sha256;
import io.hybnext.streams.deidentify.TextCleaner;
import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.dicom.DicomHeader;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Mark;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.orthanc.OrthancServer.Instance;
import io.hybnext.streams.orthanc.OrthancServer.Refused;
import io.hybnext.streams.source.PolledSource.Look;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the instances of one study after another: the text of its structured reports is the caption
 * of the images behind them. One thread.
 */
final class StudyReader {
  private static final Logger LOG = LoggerFactory.getLogger(StudyReader.class);
  private static final int MAX_REPORT = 1 << 16;

  private final OrthancServer server;
  private final OrthancSource.Settings settings;
  private final Spool spool;
  private String report = ""; // of the study at hand

  StudyReader(OrthancServer server, OrthancSource.Settings settings, Spool spool) {
    this.server = server;
    this.settings = settings;
    this.spool = spool;
  }

  /** The study at hand has no more instances. */
  void end() {
    report = "";
  }

  /** Looks at the next instance of the study at hand. */
  Look read(Instance instance) throws IOException, InterruptedException {
    Path file = spool.newFile();
    try {
      server.file(instance.id(), file);
      if (instance.isReport()) {
        addReport(file);
        return Look.found(List.of());
      }
      return Look.found(List.of(image(instance, file), new Mark<>(null, () -> Spool.delete(file))));
    } catch (Refused refused) {
      Spool.delete(file);
      if (!refused.isMissing()) {
        throw refused;
      }
      return Look.found(List.of()); // deleted
    } catch (IOException failed) {
      Spool.delete(file);
      throw failed;
    }
  }

  private void addReport(Path file) throws IOException {
    try {
      DicomHeader header = header(file);
      String text = TextCleaner.clean(header.reportText(), header.identifiers());
      String joined = report.isEmpty() ? text : report + " " + text;
      report = joined.substring(0, Math.min(joined.length(), MAX_REPORT));
    } catch (QuarantineException damaged) {
      LOG.info("A report of the Orthanc server {} cannot be read.", server.address());
    } finally {
      Spool.delete(file);
    }
  }

  /** The path that its item has. */
  static String path(Instance instance) {
    return "orthanc/" + instance.id() + ".dcm";
  }

  private Outcome<ImageItem> image(Instance instance, Path file)
      throws IOException, InterruptedException {
    String path = path(instance);
    String caption = report.isBlank() ? settings.caption() : report;
    ImageItem item =
        new ImageItem(instance.id(), file, path, caption, settings.split(), Provenance.NONE);
    boolean readable;
    try {
      readable = header(file).isDecodedHere();
    } catch (QuarantineException damaged) {
      return Outcome.kept(item); // a later stage says what is wrong with it
    }
    return readable ? Outcome.kept(item) : decoded(instance, item);
  }

  private Outcome<ImageItem> decoded(Instance instance, ImageItem item)
      throws IOException, InterruptedException {
    String hash = Sha256.hex(Files.readAllBytes(item.file()));
    try {
      server.decodedFile(instance.id(), item.file());
      return Outcome.kept(item.madeFrom(hash));
    } catch (Refused refused) {
      if (refused.isPassing()) {
        throw refused;
      }
      Spool.delete(item.file());
      return Outcome.rejected(
          new Quarantined(
              item.relativePath(),
              item.id(),
              hash,
              QuarantineRule.UNSUPPORTED_FORMAT,
              item.relativePath()
                  + ": has a transfer syntax that neither this program nor the Orthanc server"
                  + " decodes; install its GDCM plugin (orthanc-gdcm)"));
    }
  }

  private DicomHeader header(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return DicomDecoder.header(in);
    }
  }

  /** The server answers, but not for this one: the others are not to wait for it. */
  Outcome<ImageItem> givenUp(Instance instance, String why) {
    String path = path(instance);
    QuarantineRule rule = QuarantineRule.SERVER_FAILS;
    return Outcome.rejected(
        new Quarantined(
            path,
            instance.id(),
            null,
            rule,
            path + ": " + rule.sentence() + " (" + settings.tries() + " tries; " + why + ")"));
  }
}
