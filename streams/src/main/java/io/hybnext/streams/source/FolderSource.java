package io.hybnext.streams.source;

import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Every {@code .jpg}, {@code .jpeg} and {@code .png} and every DICOM file below a folder ({@code
 * .dcm}, {@code .dicom}, no ending, or a UID as name), sorted by path; links to folders are not
 * followed. The id of an image is its path in the folder. Its caption is the text of the file of
 * the same name with the ending {@code .txt}, or the caption given for all.
 */
public final class FolderSource implements ImageSource {
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".dcm", ".dicom");
  private static final Pattern UID = Pattern.compile("\\d+(\\.\\d+)+");
  private static final int MAX_CAPTION_BYTES = 1 << 16;

  private final Path folder;
  private final String caption;
  private final String split;

  /**
   * A folder of images.
   *
   * @param folder to walk
   * @param caption for images without a text file; may be empty
   * @param split of all its images: {@code train}, {@code val} or {@code test}
   */
  public FolderSource(Path folder, String caption, String split) {
    this.folder = folder;
    this.caption = caption;
    this.split = split;
  }

  @Override
  public String describe() {
    return "folder " + folder;
  }

  @Override
  public Source<Outcome<ImageItem>, NotUsed> items() {
    return Source.lazySource(() -> Source.fromIterator(this::iterator))
        .mapMaterializedValue(ignored -> NotUsed.getInstance())
        .named("folder");
  }

  private Iterator<Outcome<ImageItem>> iterator() {
    return list().stream().map(this::item).iterator();
  }

  /** Paths of its images, sorted. */
  List<String> list() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> isImage(file) && Files.isRegularFile(file))
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException error) {
      throw new SourceException(
          "The image folder "
              + folder
              + " cannot be listed ("
              + error
              + "): name a folder that exists and may be read.",
          error);
    }
  }

  private static boolean isImage(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith)
        || (name.indexOf('.') < 0 && startsAsDicom(file))
        || (UID.matcher(name).matches() && startsAsDicom(file));
  }

  /** Archives give DICOM files no ending, or the instance's UID as name. */
  private static boolean startsAsDicom(Path file) {
    try (InputStream in =
        Files.isRegularFile(file)
            ? new BufferedInputStream(Files.newInputStream(file), 256)
            : InputStream.nullInputStream()) {
      return in.markSupported() && DicomDecoder.isDicom(in);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** The file of a path. */
  Path file(String path) {
    return folder.resolve(path);
  }

  /** The image of a path. */
  Outcome<ImageItem> item(String path) {
    Path file = file(path);
    try {
      return Outcome.kept(new ImageItem(path, file, path, captionOf(file), split, Provenance.NONE));
    } catch (IOException error) {
      return Outcome.rejected(
          new Quarantined(
              path,
              path,
              null,
              QuarantineRule.MISSING_CAPTION,
              path
                  + ": its caption file cannot be read as UTF-8 text of at most "
                  + MAX_CAPTION_BYTES
                  + " bytes ("
                  + error
                  + ")"));
    }
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 || UID.matcher(name).matches() ? name : name.substring(0, dot);
  }

  private String captionOf(Path image) throws IOException {
    String name = String.valueOf(image.getFileName());
    Path text = image.resolveSibling(stem(name) + ".txt");
    if (!Files.exists(text)) {
      return caption;
    }
    if (Files.size(text) > MAX_CAPTION_BYTES) {
      throw new IOException("too long");
    }
    return Files.readString(text, StandardCharsets.UTF_8).strip();
  }
}
