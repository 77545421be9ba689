package io.hybnext.model.tokenizer;

/**
 * The two published families of VQ tokenizers. Their blocks are the same; names, where attention
 * stands, the quantiser's losses and the rounding of pixels differ.
 */
public enum VqFamily {
  /** LlamaGen, {@code tokenizer/tokenizer_image/vq_model.py}. */
  LLAMAGEN {
    @Override
    String encoderLevel(int level) {
      return "encoder.conv_blocks." + level;
    }

    @Override
    String decoderLevel(int level, int levels) {
      return "decoder.conv_blocks." + (levels - 1 - level);
    }

    @Override
    String residual(String level, int number) {
      return level + ".res." + number;
    }

    @Override
    String middle(String side, int part) {
      return side + ".mid." + part;
    }

    @Override
    boolean attentionInCoarsestLevel() {
      return true;
    }

    @Override
    double codebookFactor(double beta) {
      return 1;
    }

    @Override
    double commitmentFactor(double beta) {
      return beta;
    }

    @Override
    double rounding() {
      return 0.5;
    }
  },
  /**
   * Chameleon's VQ-GAN, after taming-transformers: codes are compared as they are, and beta weighs
   * the codebook term, not the commitment.
   */
  CHAMELEON {
    @Override
    String encoderLevel(int level) {
      return "encoder.down." + level;
    }

    @Override
    String decoderLevel(int level, int levels) {
      return "decoder.up." + level;
    }

    @Override
    String residual(String level, int number) {
      return level + ".block." + number;
    }

    @Override
    String middle(String side, int part) {
      return side + ".mid." + (part == 1 ? "attn_1" : "block_" + (part / 2 + 1));
    }

    @Override
    boolean attentionInCoarsestLevel() {
      return false;
    }

    @Override
    double codebookFactor(double beta) {
      return beta;
    }

    @Override
    double commitmentFactor(double beta) {
      return 1;
    }

    @Override
    double rounding() {
      return 0;
    }
  };

  /** Prefix of an encoder level, 0 the finest. */
  abstract String encoderLevel(int level);

  /** Prefix of a decoder level, 0 the finest. */
  abstract String decoderLevel(int level, int levels);

  /** Prefix of a residual block in a level. */
  abstract String residual(String level, int number);

  /** Prefix of a part of the middle: 0 and 2 residual, 1 attention. */
  abstract String middle(String side, int part);

  /** Whether attention follows every residual block of the coarsest level. */
  abstract boolean attentionInCoarsestLevel();

  /** Weight of the squared distance whose gradient goes to the codes. */
  abstract double codebookFactor(double beta);

  /** Weight of the squared distance whose gradient goes to the latents. */
  abstract double commitmentFactor(double beta);

  /** Added to a level 0 to 255 before it is truncated. */
  abstract double rounding();
}
