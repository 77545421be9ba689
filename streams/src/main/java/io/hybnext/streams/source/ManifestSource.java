package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Images listed in a manifest, in its order: JSON lines, or, when its name ends in {@code .json},
 * one JSON list. Entries are our own ({@code image}, {@code caption}) or in ARRA's formats:
 * conversations with an image, and records of prepared items. Reads as the stream asks, so the
 * manifest may be of any length.
 */
public final class ManifestSource implements ImageSource {
  private final Path manifest;
  private final TokenRecords.Opener tokens;

  /** A manifest; image paths in it are relative to its folder. */
  public ManifestSource(Path manifest) {
    this(manifest, TokenRecords.Opener.NONE);
  }

  /**
   * A manifest, of whose records the tokens are taken, too.
   *
   * @param tokens opens their reader for each pass
   */
  public ManifestSource(Path manifest, TokenRecords.Opener tokens) {
    this.manifest = manifest;
    this.tokens = tokens;
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
    private EntryReader reader;

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

  private EntryReader open() {
    try {
      Path folder = manifest.toAbsolutePath().getParent();
      String name = String.valueOf(manifest.getFileName());
      InputStream input = Files.newInputStream(manifest);
      return name.endsWith(".json")
          ? new JsonListReader(input, new ManifestEntries(folder, tokens.open()), name)
          : new ManifestReader(input, new ManifestEntries(folder, tokens.open()), name);
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
