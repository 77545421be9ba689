package io.hybnext.model.tokenizer.training;

import io.hybnext.model.image.ImageGrid;
import io.hybnext.model.metrics.ImageSimilarity;
import io.hybnext.model.tokenizer.CodeCounts;
import io.hybnext.model.tokenizer.ImageCodes;
import io.hybnext.model.tokenizer.VisualTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a tokenizer makes of images: encode, decode, compare.
 *
 * @param images number of images
 * @param psnr mean over images, dB
 * @param ssim mean over images
 * @param codesUsed distinct codes chosen, over all codebooks
 * @param perplexity e to the entropy of the chosen codes' frequencies; entries of all codebooks at
 *     most
 */
public record ReconstructionCheck(
    int images, double psnr, double ssim, int codesUsed, double perplexity) {

  /**
   * Measures.
   *
   * @param squares S * S * channels bytes each, as the tokenizer takes them
   */
  public static ReconstructionCheck of(VisualTokenizer tokenizer, List<byte[]> squares) {
    int[][] tokens = tokenizer.encode(squares);
    return of(tokenizer.codes(), squares, tokens, tokenizer.decode(tokens));
  }

  /**
   * Measures what a tokenizer has made before.
   *
   * @param squares as in {@link #of(VisualTokenizer, List)}
   * @param tokens what it encoded them to
   * @param made what it decoded these to
   */
  public static ReconstructionCheck of(
      ImageCodes codes, List<byte[]> squares, int[][] tokens, List<byte[]> made) {
    int side = codes.imageSize();
    double psnr = 0;
    double ssim = 0;
    for (int i = 0; i < squares.size(); i++) {
      psnr += ImageSimilarity.psnr(squares.get(i), made.get(i)) / squares.size();
      ssim +=
          ImageSimilarity.ssim(squares.get(i), made.get(i), side, side, codes.channels())
              / squares.size();
    }
    CodeCounts counts = new CodeCounts(codes.codes() * codes.codebookSize());
    for (int[] row : tokens) {
      for (int i = 0; i < row.length; i++) {
        counts.add(i % codes.codes() * codes.codebookSize() + row[i]);
      }
    }
    return new ReconstructionCheck(squares.size(), psnr, ssim, counts.used(), counts.perplexity());
  }

  /**
   * The figures by the names that commands and records use.
   *
   * @param prefix before each name
   */
  public Map<String, Object> figures(String prefix) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put(prefix + "images", images);
    figures.put(prefix + "psnr_db", psnr);
    figures.put(prefix + "ssim", ssim);
    figures.put(prefix + "codes_used", codesUsed);
    figures.put(prefix + "perplexity", perplexity);
    return figures;
  }

  /**
   * A picture with rows of images, each row above that of its reconstructions.
   *
   * @param squares as in {@link #of}, at least one
   * @param columns images in a row
   */
  public static ImageGrid grid(VisualTokenizer tokenizer, List<byte[]> squares, int columns) {
    List<byte[]> made = tokenizer.decode(tokenizer.encode(squares));
    List<byte[]> rows = new ArrayList<>();
    for (int start = 0; start < squares.size(); start += columns) {
      int end = Math.min(squares.size(), start + columns);
      rows.addAll(squares.subList(start, end));
      rows.addAll(made.subList(start, end));
    }
    int side = tokenizer.codes().imageSize();
    return ImageGrid.of(rows, side, side, tokenizer.codes().channels(), columns, 2);
  }
}
