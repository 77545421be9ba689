package io.hybnext.streams.source;

import java.nio.file.Path;

/**
 * Reads what another program's preparation left of an image: its caption and codes, so that the
 * image need not be tokenised again. Plugged in by ops. Used by one thread at a time.
 */
public interface TokenRecords extends AutoCloseable {

  /**
   * What a file of tokens says.
   *
   * @param caption the prompt
   * @param codes codebook indices in raster order
   */
  record Prepared(String caption, int[] codes) {}

  /**
   * Reads the file of one record.
   *
   * @throws io.hybnext.streams.item.QuarantineException when it is missing, damaged, or no sequence
   *     that training would make of a caption and an image
   */
  Prepared read(Path file);

  @Override
  void close();

  /** Opens them for a pass over a source. */
  interface Opener {

    /** Records as images: nothing is opened. */
    Opener NONE = () -> null;

    /** Opens them; the pass closes the result. Null to take the images of records only. */
    TokenRecords open();
  }
}
