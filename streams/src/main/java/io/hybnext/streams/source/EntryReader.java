package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import java.io.IOException;
import java.util.Optional;

/** Reads the items of a manifest one after another, whatever its format. */
interface EntryReader extends AutoCloseable {
  /**
   * The next item, kept or put aside; empty at the end. Most entries are one item.
   *
   * @throws SourceException when nothing can be read beyond this place
   */
  Optional<Outcome<ImageItem>> next();

  @Override
  void close() throws IOException;
}
