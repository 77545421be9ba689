package io.hybnext.model.tokenizer.training;

import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqTokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a tokenizer makes of images: encode, decode, compare.
 *
 * @param images number of images
 * @param psnr mean over images, dB
 * @param ssim mean over images
 * @param codesUsed distinct codes chosen
 * @param perplexity e to the entropy of the chosen codes' frequencies; codebook size at most
 */
public record ReconstructionCheck(
    int images, double psnr, double ssim, int codesUsed, double perplexity) {

  /**
   * Measures.
   *
   * @param squares S * S * channels bytes each, as the tokenizer takes them
   */
  public static ReconstructionCheck of(VqTokenizer tokenizer, List<byte[]> squares) {
    VqConfig config = tokenizer.config();
    int[][] tokens = tokenizer.encode(squares);
    List<byte[]> made = tokenizer.decode(tokens);
    int side = config.imageSize();
    double psnr = 0;
    double ssim = 0;
    for (int i = 0; i < squares.size(); i++) {
      psnr += ImageQuality.psnr(squares.get(i), made.get(i)) / squares.size();
      ssim +=
          ImageQuality.ssim(squares.get(i), made.get(i), side, side, config.inChannels())
              / squares.size();
    }
    long[] counts = new long[config.codebookSize()];
    long all = 0;
    for (int[] row : tokens) {
      for (int token : row) {
        counts[token]++;
        all++;
      }
    }
    int used = 0;
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        used++;
        double p = (double) count / all;
        entropy -= p * Math.log(p);
      }
    }
    return new ReconstructionCheck(squares.size(), psnr, ssim, used, Math.exp(entropy));
  }

  /**
   * Images and their reconstructions, for a {@link ReconstructionGrid}.
   *
   * @param squares as in {@link #of}
   * @return reconstructions in the order given
   */
  public static List<byte[]> reconstructions(VqTokenizer tokenizer, List<byte[]> squares) {
    return new ArrayList<>(tokenizer.decode(tokenizer.encode(squares)));
  }
}
