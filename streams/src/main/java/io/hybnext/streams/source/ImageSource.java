package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** Offers images in an order that is the same every time as long as the files stay the same. */
public interface ImageSource {

  /**
   * A fresh pass over the source, from the beginning. Fails with a {@link SourceException} when the
   * source itself cannot be read; a wrong entry is an element put aside, not a failure.
   */
  Source<Outcome<ImageItem>, NotUsed> items();

  /** What it is, for people, e.g. {@code manifest data/manifest.jsonl}. */
  String describe();
}
