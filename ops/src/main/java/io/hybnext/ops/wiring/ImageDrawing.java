package io.hybnext.ops.wiring;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.lumina.Conversation;
import io.hybnext.model.lumina.ImageGrammar;
import io.hybnext.model.lumina.LuminaSampler;
import io.hybnext.model.lumina.LuminaSettings;
import io.hybnext.model.lumina.Prompts;
import io.hybnext.model.sampling.SamplingSettings;
import io.hybnext.model.sampling.TokenSampler;
import io.hybnext.model.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.List;

/** Draws the codes of square images from captions. Used by one thread at a time. */
interface ImageDrawing extends AutoCloseable {

  /**
   * Codes in raster order, one row a caption.
   *
   * @param samples number of each picture, which its noise depends on
   */
  int[][] draw(
      ModelWeights weights,
      List<String> captions,
      SamplingSettings settings,
      long seed,
      long[] samples);

  @Override
  void close();

  /**
   * Drawing with this network.
   *
   * @throws IllegalArgumentException when this kind of network draws no images
   */
  static ImageDrawing of(TorchEngine engine, DecoderConfig network, Precision precision) {
    if (network instanceof TransformerConfig transformer) {
      return new WithCondition(engine, transformer, precision);
    }
    if (network instanceof ChameleonConfig chameleon) {
      return new WithGrammar(engine, chameleon, precision);
    }
    if (network instanceof NbpConfig kelix) {
      return new BlockDrawing(engine, kelix, precision);
    }
    throw new IllegalArgumentException(
        "no images can be drawn with a " + network.getClass().getSimpleName());
  }

  /** LlamaGen: every token behind the condition is a code. */
  final class WithCondition implements ImageDrawing {
    private final Conditions conditions;
    private final TokenSampler sampler;

    private WithCondition(TorchEngine engine, TransformerConfig network, Precision precision) {
      conditions = new Conditions(network);
      sampler = new TokenSampler(engine, network, precision);
    }

    @Override
    public int[][] draw(
        ModelWeights weights,
        List<String> captions,
        SamplingSettings settings,
        long seed,
        long[] samples) {
      return sampler.generate(
          weights, conditions.of(captions), settings, seed, samples, (done, all) -> {});
    }

    @Override
    public void close() {
      sampler.close();
    }
  }

  /** Chameleon: the prompt opens an image of the trained size, the grammar does the rest. */
  final class WithGrammar implements ImageDrawing {
    private final Conversation conversation;
    private final Prompts prompts;
    private final LuminaSampler sampler;
    private final int side;

    private WithGrammar(TorchEngine engine, ChameleonConfig network, Precision precision) {
      conversation = new Conversation(network.vocabulary());
      prompts = Prompts.of(network.vocabulary(), TrainingConfigs.promptLength(network));
      sampler = new LuminaSampler(engine, network, precision);
      side = network.imageSide();
    }

    @Override
    public int[][] draw(
        ModelWeights weights,
        List<String> captions,
        SamplingSettings settings,
        long seed,
        long[] samples) {
      LuminaSettings lumina =
          new LuminaSettings(
              settings.cfgScale(),
              settings.temperature(),
              settings.topK(),
              0,
              settings.topP(),
              settings.greedy(),
              true,
              false,
              side * (side + 1));
      List<int[]> opened = new ArrayList<>();
      for (String caption : captions) {
        opened.add(conversation.promptForImage(prompts.ids(caption), side, side));
      }
      List<int[]> drawn =
          sampler.generate(weights, opened, lumina, seed, samples, (done, atMost) -> {});
      int[][] codes = new int[drawn.size()][];
      for (int row = 0; row < codes.length; row++) {
        codes[row] = codes(drawn.get(row));
      }
      return codes;
    }

    private int[] codes(int[] body) {
      int[] opening = conversation.grammar().opening(side, side);
      int[] whole = new int[ImageGrammar.length(side, side)];
      System.arraycopy(opening, 0, whole, 0, opening.length);
      System.arraycopy(body, 0, whole, opening.length, body.length);
      whole[whole.length - 1] = conversation.imageEnd();
      return conversation.grammar().decode(whole).codes();
    }

    @Override
    public void close() {
      prompts.close();
      sampler.close();
    }
  }
}
