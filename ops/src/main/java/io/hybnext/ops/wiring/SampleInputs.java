package io.hybnext.ops.wiring;

import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.kelix.BlockGrammar;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.lumina.Conversation;
import io.hybnext.model.lumina.ImageGrammar.CodeImage;
import io.hybnext.model.lumina.Prompts;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.streams.batch.Sample;
import java.util.List;

/** Turns samples of the store into what a network is fed. Used by one thread at a time. */
interface SampleInputs extends AutoCloseable {

  /** The input of a batch. */
  DecoderInput of(List<Sample> samples);

  @Override
  void close();

  /**
   * Inputs for this network.
   *
   * @throws IllegalArgumentException when there is no way from samples to it
   */
  static SampleInputs of(DecoderConfig network) {
    if (network instanceof TransformerConfig transformer) {
      return new WithConditions(new Conditions(transformer));
    }
    if (network instanceof ChameleonConfig chameleon) {
      return new AsConversations(
          new Conversation(chameleon.vocabulary()),
          Prompts.of(chameleon.vocabulary(), TrainingConfigs.promptLength(chameleon)));
    }
    if (network instanceof NbpConfig kelix) {
      return new AsBlocks(new BlockGrammar(kelix, TrainingConfigs.PROMPT_BYTES));
    }
    throw new IllegalArgumentException(
        "samples of the store cannot be fed to a " + network.getClass().getSimpleName());
  }

  /** LlamaGen's. */
  record WithConditions(Conditions conditions) implements SampleInputs {
    @Override
    public DecoderInput of(List<Sample> samples) {
      return new ImageTokens(
          samples.stream().map(Sample::tokens).toList(),
          conditions.of(samples.stream().map(Sample::caption).toList()));
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  /** Chameleon's. */
  record AsConversations(Conversation conversation, Prompts prompts) implements SampleInputs {
    @Override
    public DecoderInput of(List<Sample> samples) {
      return conversation.training(
          samples.stream().map(sample -> prompts.ids(sample.caption())).toList(),
          samples.stream().map(sample -> square(sample.tokens())).toList());
    }

    private static CodeImage square(int[] codes) {
      int side = (int) Math.round(Math.sqrt(codes.length));
      return new CodeImage(side, side, codes);
    }

    @Override
    public void close() {
      prompts.close();
    }
  }

  /** Kelix's. */
  record AsBlocks(BlockGrammar grammar) implements SampleInputs {
    @Override
    public DecoderInput of(List<Sample> samples) {
      return grammar.input(
          samples.stream().map(Sample::caption).toList(),
          samples.stream().map(Sample::tokens).toList());
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}
