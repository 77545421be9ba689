package io.hybnext.config;

import java.util.Locale;

/**
 * The {@code model} section of reference.conf. The transformer.
 *
 * @param network which kind of transformer
 * @param start folder made by {@code import} that training starts from; empty for random weights
 * @param zeroImageHead whether output rows of image codes start at zero all the same
 * @param condition what pictures are conditioned on
 * @param classes number of classes, 0 for captions
 * @param depth decoder blocks
 * @param width hidden width
 * @param heads attention heads
 * @param ffnWidth width of the feed-forward layer; 0 = LlamaGen's rule, see {@link
 *     #feedForwardWidth}
 * @param dropout of embeddings, attention and feed-forward outputs
 * @param conditionDropout share of samples trained with the null condition
 * @param codes that the tokenizer gives for a position; above 1 with kelix only
 * @param kvHeads heads of keys and values; 0 = as many as heads; kelix only
 * @param blockDecoderWidth of kelix's block decoder; 0 = half of the width
 * @param blockDecoderFfnWidth of its feed-forward layer; 0 = twice its width
 */
public record ModelSettings(
    Network network,
    String start,
    boolean zeroImageHead,
    Condition condition,
    int classes,
    int depth,
    int width,
    int heads,
    int ffnWidth,
    double dropout,
    double conditionDropout,
    int codes,
    int kvHeads,
    int blockDecoderWidth,
    int blockDecoderFfnWidth) {

  /** Kinds of transformer. */
  public enum Network {
    /** LlamaGen: a condition, then image tokens. */
    LLAMAGEN,
    /** Chameleon: text and image as one sequence of tokens, written as Lumina-mGPT does. */
    CHAMELEON,
    /** Kelix: blocks of several codes a position, decoded one after the other. */
    KELIX
  }

  /** What pictures are conditioned on. */
  public enum Condition {
    CAPTION,
    CLASS
  }

  /** Checks every value. */
  public ModelSettings {
    boolean byClass = condition == Condition.CLASS;
    Rule.check(
        byClass ? classes >= 1 : classes == 0,
        "model.classes",
        classes,
        byClass ? "at least 1 when model.condition = class" : "0 when model.condition = caption");
    Rule.check(
        network == Network.LLAMAGEN || !byClass,
        "model.condition",
        "class",
        "caption when model.network = " + network.name().toLowerCase(Locale.ROOT));
    Rule.check(
        !zeroImageHead || (network == Network.CHAMELEON && !start.isEmpty()),
        "model.zero-image-head",
        zeroImageHead,
        "false without model.network = chameleon and a model.start");
    Rule.between("model.depth", depth, 1, 1024);
    Rule.between("model.width", width, 8, 65536);
    Rule.between("model.heads", heads, 1, 1024);
    Rule.check(
        width % heads == 0 && width / heads % 4 == 0,
        "model.heads",
        heads,
        "a divisor of model.width = " + width + " with width / heads a multiple of 4");
    Rule.between("model.ffn-width", ffnWidth, 0, 1 << 20);
    Rule.share("model.dropout", dropout);
    Rule.share("model.condition-dropout", conditionDropout);
    checkBlocks(network, heads, dropout, codes, kvHeads, blockDecoderWidth, blockDecoderFfnWidth);
  }

  private static void checkBlocks(
      Network network,
      int heads,
      double dropout,
      int codes,
      int kvHeads,
      int blockDecoderWidth,
      int blockDecoderFfnWidth) {
    boolean kelix = network == Network.KELIX;
    Rule.between("model.codes", codes, 1, 64);
    Rule.check(kelix || codes == 1, "model.codes", codes, "1 unless model.network = kelix");
    Rule.check(!kelix || dropout == 0, "model.dropout", dropout, "0 when model.network = kelix");
    Rule.check(
        kvHeads == 0 || (kelix && kvHeads > 0 && heads % kvHeads == 0),
        "model.kv-heads",
        kvHeads,
        "0, or with model.network = kelix a divisor of model.heads = " + heads);
    Rule.check(
        blockDecoderWidth >= 0 && blockDecoderWidth % 4 == 0,
        "model.block-decoder-width",
        blockDecoderWidth,
        "0 or a multiple of 4");
    Rule.between("model.block-decoder-ffn-width", blockDecoderFfnWidth, 0, 1 << 20);
  }

  /** The width of the feed-forward layer after LlamaGen's rule where {@code ffnWidth} is 0. */
  public int feedForwardWidth() {
    return ffnWidth > 0 ? ffnWidth : (8 * width / 3 + 255) / 256 * 256;
  }
}
