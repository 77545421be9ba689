package io.hybnext.model.decoder;

/**
 * Rotary table of half-split rotation: channel i turns with channel i + W/2 by position times
 * base^(-2i/W). Source: arra.md section 4.4; Qwen3 and Llama rotate alike.
 */
public final class HalfRotary {
  private HalfRotary() {}

  /**
   * Rows of positions 0 .. positions - 1: cosines of W/2 angles, then their sines.
   *
   * @param headDim width W of a head, even
   * @param base of the frequencies
   * @return (positions, W), row-major
   */
  public static float[] table(int positions, int headDim, double base) {
    int half = headDim / 2;
    float[] table = new float[positions * headDim];
    for (int i = 0; i < half; i++) {
      float frequency = 1f / (float) Math.pow(base, (float) (2 * i) / headDim);
      for (int position = 0; position < positions; position++) {
        float angle = position * frequency;
        table[position * headDim + i] = (float) Math.cos(angle);
        table[position * headDim + half + i] = (float) Math.sin(angle);
      }
    }
    return table;
  }
}
