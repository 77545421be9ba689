package io.hybnext.model.kelix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a caption and a square image are written as blocks, with the small vocabulary whose text
 * symbols are bytes: the caption between {@code <|im_start|>} and {@code <|im_end|>}, then the
 * image, each row of its blocks behind two numbers, then {@code <|im_end|>}. Source: spec/kelix.md
 * sections 4 and 10.
 */
public final class BlockGrammar {
  /** Starts a turn; below the other symbols. */
  private static final int TURN = 256;

  private final NbpConfig config;
  private final int gridSize;
  private final int promptBytes;

  /**
   * The grammar of a network's images.
   *
   * @param promptBytes bytes of a caption in UTF-8 beyond which it is cut
   * @throws IllegalArgumentException when the network's text symbols are no bytes, or its images of
   *     no size
   */
  public BlockGrammar(NbpConfig config, int promptBytes) {
    if (!config.symbols().equals(NbpSymbols.BYTES) || config.gridSize() == 0) {
      throw new IllegalArgumentException(
          "captions are written as bytes before images of one size; this block model has another"
              + " vocabulary, or no image size");
    }
    this.config = config;
    this.gridSize = config.gridSize();
    this.promptBytes = promptBytes;
  }

  /** Blocks along one side of an image. */
  public int gridSize() {
    return gridSize;
  }

  /** Codes of an image. */
  public int codesPerImage() {
    return gridSize * gridSize * config.codes();
  }

  /** A caption up to the start of the image, which nothing of is predicted but that start. */
  public int[][] prompt(String caption) {
    byte[] bytes = caption.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, promptBytes);
    while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
      length--; // never half a character
    }
    List<Integer> symbols = new ArrayList<>();
    symbols.add(TURN);
    for (int i = 0; i < length; i++) {
      symbols.add(bytes[i] & 0xff);
    }
    symbols.add(config.symbols().endOfText());
    symbols.add(config.symbols().visionStart());
    return textRows(symbols);
  }

  /** What stands before a row of blocks, its number from 1 and the number of columns. */
  public int[][] rowMarker(int row) {
    List<Integer> symbols = new ArrayList<>();
    symbols.add(config.symbols().positionStart());
    for (byte digit : ((row + 1) + "," + gridSize).getBytes(StandardCharsets.US_ASCII)) {
      symbols.add((int) digit);
    }
    symbols.add(config.symbols().positionEnd());
    return textRows(symbols);
  }

  private int[][] textRows(List<Integer> symbols) {
    int[][] rows = new int[symbols.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = filled();
      rows[i][0] = symbols.get(i);
    }
    return rows;
  }

  /** A row of nothing but the end of block. */
  int[] filled() {
    int[] row = new int[config.codes() + 1];
    Arrays.fill(row, config.symbols().endOfBlock());
    return row;
  }

  /**
   * A block of an image.
   *
   * @param codes from 0, those of the block at {@code from} to {@code from + N}
   */
  int[] visualRow(int[] codes, int from) {
    int[] row = filled();
    for (int j = 0; j < config.codes(); j++) {
      row[j] = config.id(j, codes[from + j]);
    }
    return row;
  }

  /**
   * A whole sample; everything behind the prompt is a target.
   *
   * @param codes of the image, block by block in raster order, each from 0
   * @throws IllegalArgumentException when there are not as many as the image has, or one is out of
   *     range
   */
  public BlockSequence sample(String caption, int[] codes) {
    if (codes.length != codesPerImage()) {
      throw new IllegalArgumentException(
          "an image has " + codes.length + " codes, the network takes " + codesPerImage());
    }
    for (int code : codes) {
      if (code < 0 || code >= config.entries()) {
        throw new IllegalArgumentException(
            "code " + code + ": want 0 to " + (config.entries() - 1));
      }
    }
    int[][] prompt = prompt(caption);
    List<int[]> rows = new ArrayList<>(Arrays.asList(prompt));
    for (int row = 0; row < gridSize; row++) {
      rows.addAll(Arrays.asList(rowMarker(row)));
      for (int column = 0; column < gridSize; column++) {
        rows.add(visualRow(codes, (row * gridSize + column) * config.codes()));
      }
    }
    rows.addAll(
        Arrays.asList(
            textRows(List.of(config.symbols().visionEnd(), config.symbols().endOfText()))));
    boolean[] target = new boolean[rows.size()];
    Arrays.fill(target, prompt.length - 1, target.length, true); // from the start of the image on
    return new BlockSequence(rows.toArray(new int[0][]), target);
  }

  /** Samples with and without their captions. */
  public BlockInput input(List<String> captions, List<int[]> codes) {
    List<BlockSequence> whole = new ArrayList<>();
    List<BlockSequence> withoutPrompt = new ArrayList<>();
    for (int i = 0; i < captions.size(); i++) {
      whole.add(sample(captions.get(i), codes.get(i)));
      withoutPrompt.add(sample("", codes.get(i)));
    }
    return new BlockInput(whole, withoutPrompt);
  }
}
