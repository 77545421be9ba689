package io.hybnext.model.transformer;

/**
 * The 2-D rotary table of LlamaGen: for every position and channel pair the cosine and sine of an
 * angle. The first half of the pairs turns with the row of the image token, the second with its
 * column. Rows of condition positions are zeros, not the identity: their queries and keys vanish.
 * That is the original's behaviour, and public weights need it. Source: LlamaGen,
 * autoregressive/models/gpt.py, precompute_freqs_cis_2d.
 */
public final class RotaryTable {
  private final int gridSize;
  private final int headDim;
  private final double base;

  /** A table for the network's head width and grid. */
  public RotaryTable(TransformerConfig config) {
    this.gridSize = config.gridSize();
    this.headDim = config.headDim();
    this.base = config.ropeBase();
  }

  /**
   * Rows for a condition followed by image tokens and then other tokens.
   *
   * @param before rows of zeros in front
   * @param imageTokens rows of the first image tokens in raster order, at most gridSize squared
   * @param after rows of zeros behind
   * @return (before + imageTokens + after, headDim / 2, 2), row-major
   */
  public float[] rows(int before, int imageTokens, int after) {
    int pairs = headDim / 2;
    float[] table = new float[(before + imageTokens + after) * pairs * 2];
    for (int token = 0; token < imageTokens; token++) {
      for (int pair = 0; pair < pairs; pair++) {
        float angle = angle(token, pair);
        int at = ((before + token) * pairs + pair) * 2;
        table[at] = (float) Math.cos(angle);
        table[at + 1] = (float) Math.sin(angle);
      }
    }
    return table;
  }

  /** In fp32 like the original's, so that the angles are the same. */
  private float angle(int token, int pair) {
    int quarter = headDim / 4;
    int position = pair < quarter ? token / gridSize : token % gridSize;
    int i = pair % quarter;
    float frequency = 1f / (float) Math.pow(base, (float) (2 * i) / (headDim / 2));
    return position * frequency;
  }
}
