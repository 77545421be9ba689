package io.hybnext.ops.wiring;

import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.lumina.Conversation;
import io.hybnext.model.lumina.ImageGrammar.CodeImage;
import io.hybnext.model.lumina.WordPrompts;
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
    if (network instanceof ChameleonConfig chameleon) {
      Conversation conversation = new Conversation(chameleon.vocabulary());
      WordPrompts prompts = new WordPrompts(chameleon.vocabulary(), TrainingConfigs.PROMPT_WORDS);
      return samples ->
          conversation.training(
              samples.stream().map(sample -> prompts.ids(sample.caption())).toList(),
              samples.stream().map(sample -> square(sample.tokens())).toList());
    }
    throw new IllegalArgumentException(
        "samples of the store cannot be fed to a " + network.getClass().getSimpleName());
  }

  /** The codes of a square image. */
  private static CodeImage square(int[] codes) {
    int side = (int) Math.round(Math.sqrt(codes.length));
    return new CodeImage(side, side, codes);
  }
}
