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
    return Source.unfoldResource(this::open, ManifestSource::next, ManifestReader::close)
        .named("manifest");
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

  private static Optional<Outcome<ImageItem>> next(ManifestReader reader) {
    return reader.next();
  }
}
