package io.hybnext.model.tower;

/**
 * Sizes of a BERT with BioMedCLIP's projection.
 *
 * @param vocabulary entries of the token table
 * @param positions entries of the position table
 * @param types entries of the token type table; only the first is used
 * @param width of the tokens
 * @param depth blocks
 * @param heads of the attention; divides the width
 * @param mlpWidth of the feed-forward layers
 * @param eps of the layer norms
 * @param padId token that is not attended to
 * @param contextLength most tokens of a text, at most {@code positions}
 * @param pooler whether BERT's pooler stands before the projection (open_clip's {@code
 *     cls_pooler}), or the first token goes on as it is ({@code cls_last_hidden_state_pooler},
 *     BioMedCLIP)
 * @param projectionWidth of the layer between
 * @param projectionDim length of the result
 */
public record BertConfig(
    int vocabulary,
    int positions,
    int types,
    int width,
    int depth,
    int heads,
    int mlpWidth,
    double eps,
    int padId,
    int contextLength,
    boolean pooler,
    int projectionWidth,
    int projectionDim) {

  /** Checks that heads divide and texts fit. */
  public BertConfig {
    TowerSizes.check(width, heads, depth, mlpWidth);
    if (contextLength < 2 || contextLength > positions) {
      throw new IllegalArgumentException(
          "context_length = "
              + contextLength
              + ": want 2 to max_position_embeddings = "
              + positions);
    }
    if (vocabulary < 1 || types < 1 || projectionWidth < 1 || projectionDim < 1) {
      throw new IllegalArgumentException(
          "vocab_size, type_vocab_size and the sizes of the projection: want at least 1");
    }
  }

  /** BioMedCLIP's text tower: PubMedBERT, 256 tokens, 768 to 640 to 512. */
  public static BertConfig biomedClip() {
    return new BertConfig(30522, 512, 2, 768, 12, 12, 3072, 1e-12, 0, 256, false, 640, 512);
  }
}
