package io.hybnext.streams.batch;

import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A wave is written where members read it, and the disk did not say that it will last: nobody may
 * do its first step, and nobody may go on without it, until {@link WaveLedger#secure} went well.
 */
public final class UnsettledWaveException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * With what the disk said.
   *
   * @param file of the waves
   */
  UnsettledWaveException(Path file, IOException cause) {
    super("the disk does not keep " + file + " (" + FileFailure.explain(cause) + ")", cause);
  }
}
