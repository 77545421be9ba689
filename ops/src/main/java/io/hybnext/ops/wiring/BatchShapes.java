package io.hybnext.ops.wiring;

import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.kelix.BlockGrammar;
import io.hybnext.model.kelix.BlockSequence;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.lumina.Conversation;
import io.hybnext.model.lumina.ImageGrammar.CodeImage;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.TransformerConfig;
import java.util.Arrays;
import java.util.List;

/** Sizes of the batches that {@link SampleInputs} makes. */
public final class BatchShapes {
  private BatchShapes() {}

  /**
   * The sizes of a microshard.
   *
   * @param positions that are aligned
   * @param batch samples of it
   * @param prompt tokens of the longest prompt, where the network reads prompts as tokens
   * @throws IllegalArgumentException when the prompt leaves no room for an image
   */
  public static PassShape of(DecoderConfig network, Positions positions, int batch, int prompt) {
    if (network instanceof TransformerConfig transformer) {
      SequenceShape shape = SequenceShape.of(transformer, positions);
      int aligned = positions == Positions.NONE ? 0 : (int) shape.aligned(positions).count();
      return new PassShape(batch, shape.length(), transformer.blockSize(), aligned);
    }
    if (network instanceof ChameleonConfig chameleon) {
      return chameleon(chameleon, positions, batch, prompt);
    }
    if (network instanceof NbpConfig kelix) {
      return kelix(kelix, positions, batch, prompt);
    }
    throw new IllegalArgumentException(
        "no run trains a " + network.getClass().getSimpleName() + " on samples of the store");
  }

  /** Longest prompt of a network's samples, in its tokens. */
  public static int longestPrompt(DecoderConfig network) {
    if (network instanceof ChameleonConfig chameleon) {
      return TrainingConfigs.promptLength(chameleon);
    }
    return network instanceof NbpConfig ? TrainingConfigs.PROMPT_BYTES : 0;
  }

  private static PassShape chameleon(
      ChameleonConfig network, Positions positions, int batch, int prompt) {
    int side = network.imageSide();
    CodeImage image = new CodeImage(side, side, new int[side * side]);
    TokenSequences one =
        new Conversation(network.vocabulary()).training(List.of(new int[prompt]), List.of(image));
    int length = one.longest();
    if (length > network.maxPositions()) {
      throw new IllegalArgumentException(
          "a prompt of " + prompt + " tokens: want at most " + longestPrompt(network));
    }
    int answer =
        (int) Arrays.stream(one.labels().get(0)).filter(id -> id != TokenSequences.IGNORED).count();
    int aligned =
        switch (positions) {
          case PREDICTING_IMAGE -> side * side;
          case PREDICTING_ANSWER -> answer;
          case OFFICIAL_SLICE -> Math.min(network.sliceLength(), length - 1);
          case ALL -> length;
          case NONE -> 0;
          default -> 1;
        };
    return new PassShape(batch, length, answer, aligned);
  }

  private static PassShape kelix(NbpConfig network, Positions positions, int batch, int prompt) {
    BlockGrammar grammar = new BlockGrammar(network, prompt);
    BlockSequence one = grammar.sample("x".repeat(prompt), new int[grammar.codesPerImage()]);
    int targets = 0;
    for (int row = 1; row < one.length(); row++) {
      targets += one.target()[row] ? 1 : 0;
    }
    int blocks = grammar.gridSize() * grammar.gridSize();
    return new PassShape(batch, one.length(), targets, positions == Positions.NONE ? 0 : blocks);
  }
}
