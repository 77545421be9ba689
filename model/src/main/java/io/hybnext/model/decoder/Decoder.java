package io.hybnext.model.decoder;

import io.hybnext.gpu.Scope;

/** A network's compiled kernels. Holds no weights. Used by one thread at a time. */
public interface Decoder extends AutoCloseable {

  /**
   * Moves a batch to the device.
   *
   * @param scope owner of everything that the pass makes
   * @param input of the kind that this network takes
   * @param noise what dropout and dropped conditions depend on; off for neither
   * @throws IllegalArgumentException when the input is of another kind or does not fit
   */
  DecoderPass pass(Scope scope, DecoderInput input, Noise noise);

  @Override
  void close();
}
