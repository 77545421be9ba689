package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Images listed in a manifest of JSON lines (see {@link ManifestReader}), in its order. Reads as
 * the stream asks, so the manifest may be of any length.
 */
public final class ManifestSource implements ImageSource {
  private final Path manifest;

  /** A manifest; image paths in it are relative to its folder. */
  public ManifestSource(Path manifest) {
    this.manifest = manifest;
  }

  @Override
  public String describe() {
    return "manifest " + manifest;
  }

  @Override
  public Source<Outcome<ImageItem>, NotUsed> items() {
    return Source.unfoldResource(Reading::new, Reading::next, Reading::close).named("manifest");
  }

  /** Opens at the first line asked for: a stage that fails to start would log a stack trace. */
  private final class Reading {
    private ManifestReader reader;

    Optional<Outcome<ImageItem>> next() {
      if (reader == null) {
        reader = open();
      }
      return reader.next();
    }

    void close() throws IOException {
      if (reader != null) {
        reader.close();
      }
    }
  }

  private ManifestReader open() {
    try {
      Path folder = manifest.toAbsolutePath().getParent();
      return new ManifestReader(
          Files.newInputStream(manifest), folder, String.valueOf(manifest.getFileName()));
    } catch (IOException error) {
      throw new SourceException(
          "The manifest "
              + manifest
              + " cannot be opened ("
              + error
              + "): name a file that exists and may be read.",
          error);
    }
  }
}
