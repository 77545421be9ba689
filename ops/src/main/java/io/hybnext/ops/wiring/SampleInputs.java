package io.hybnext.ops.wiring;

import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.streams.batch.Sample;
import java.util.List;

/** Turns samples of the store into what a network is fed. Used by one thread at a time. */
@FunctionalInterface
interface SampleInputs {

  /** The input of a batch. */
  DecoderInput of(List<Sample> samples);

  /**
   * Inputs for this network.
   *
   * @throws IllegalArgumentException when there is no way from samples to it
   */
  static SampleInputs of(DecoderConfig network) {
    if (network instanceof TransformerConfig transformer) {
      Conditions conditions = new Conditions(transformer);
      return samples ->
          new ImageTokens(
              samples.stream().map(Sample::tokens).toList(),
              conditions.of(samples.stream().map(Sample::caption).toList()));
    }
    throw new IllegalArgumentException(
        "samples of the store cannot be fed to a " + network.getClass().getSimpleName());
  }
}
