package io.hybnext.model.training;

import java.nio.ByteBuffer;

/** Receives a bucket's gradient while the backward pass of earlier blocks still has to run. */
@FunctionalInterface
public interface GradientSink {

  /**
   * Takes one bucket.
   *
   * @param bucket its number
   * @param gradient direct, fp32, native order, from its position to its limit; valid during the
   *     call only
   */
  void accept(int bucket, ByteBuffer gradient);
}
