package io.hybnext.model.lumina;

import io.hybnext.model.chameleon.ChameleonVocabulary;

/**
 * An image as tokens: start, height, width, the codes row by row with a new line behind each row,
 * end. Height comes first; both count grid units of two codes. Source: arra.md section 4.2.
 */
public final class ImageGrammar {
  /** Codes along one side of a grid unit: 32 pixels at 16 pixels a code. */
  public static final int CODES_PER_UNIT = 2;

  /** Tokens besides codes and new lines: start, height, width, end. */
  public static final int FRAME_TOKENS = 4;

  private final ChameleonVocabulary vocabulary;

  /** The grammar over this vocabulary. */
  public ImageGrammar(ChameleonVocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * An image as codes. The array is shared, not copied.
   *
   * @param rows of codes
   * @param columns of codes
   * @param codes codebook indices in raster order
   */
  public record CodeImage(int rows, int columns, int[] codes) {

    /** Checks the number of codes. */
    public CodeImage {
      if (rows < 1 || columns < 1 || codes.length != rows * columns) {
        throw new IllegalArgumentException(
            codes.length + " codes for " + rows + " rows of " + columns);
      }
    }
  }

  /** Tokens of an image of so many rows and columns. */
  public static int length(int rows, int columns) {
    return rows * (columns + 1) + FRAME_TOKENS;
  }

  /**
   * Grid units of one side.
   *
   * @throws IllegalArgumentException when the vocabulary has no token for it
   */
  public int units(int codes) {
    int units = codes / CODES_PER_UNIT;
    if (codes % CODES_PER_UNIT != 0 || units < 1 || units > vocabulary.largestSize()) {
      throw new IllegalArgumentException(
          String.format(
              "an image side of %d codes: the grammar wants an even number from 2 to %d",
              codes, CODES_PER_UNIT * vocabulary.largestSize()));
    }
    return units;
  }

  /** Start, height and width of an image of so many rows and columns. */
  public int[] opening(int rows, int columns) {
    return new int[] {
      vocabulary.marks().imageStart(),
      vocabulary.idOfSize(units(rows)),
      vocabulary.idOfSize(units(columns))
    };
  }

  /**
   * Writes an image.
   *
   * @throws IllegalArgumentException when a side or a code has no token
   */
  public int[] encode(CodeImage image) {
    int[] ids = new int[length(image.rows(), image.columns())];
    int[] opening = opening(image.rows(), image.columns());
    System.arraycopy(opening, 0, ids, 0, opening.length);
    int at = opening.length;
    for (int row = 0; row < image.rows(); row++) {
      for (int column = 0; column < image.columns(); column++) {
        ids[at++] = vocabulary.idOfCode(image.codes()[row * image.columns() + column]);
      }
      ids[at++] = vocabulary.marks().newLine();
    }
    ids[at] = vocabulary.marks().imageEnd();
    return ids;
  }

  /**
   * Reads the first image of a sequence.
   *
   * @throws IllegalArgumentException saying what is where something else should be
   */
  public CodeImage decode(int[] ids) {
    int start = 0;
    while (start < ids.length && ids[start] != vocabulary.marks().imageStart()) {
      start++;
    }
    int rows = CODES_PER_UNIT * size(ids, start + 1, "height");
    int columns = CODES_PER_UNIT * size(ids, start + 2, "width");
    int[] codes = new int[rows * columns];
    int at = start + 3;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int code = at < ids.length ? vocabulary.codeOfId(ids[at]) : -1;
        want(code >= 0, ids, at, "image code " + (row * columns + column));
        codes[row * columns + column] = code;
        at++;
      }
      mark(ids, at++, vocabulary.marks().newLine(), "new line of row " + row);
    }
    mark(ids, at, vocabulary.marks().imageEnd(), "image end");
    return new CodeImage(rows, columns, codes);
  }

  private int size(int[] ids, int at, String what) {
    int units = at < ids.length ? vocabulary.sizeOfId(ids[at]) : -1;
    want(units > 0, ids, at, what);
    return units;
  }

  private static void mark(int[] ids, int at, int wanted, String what) {
    want(at < ids.length && ids[at] == wanted, ids, at, what);
  }

  private static void want(boolean ok, int[] ids, int at, String what) {
    if (!ok) {
      throw new IllegalArgumentException(
          at < ids.length
              ? "token " + at + " of the image is id " + ids[at] + ": want the " + what
              : "the image ends behind " + ids.length + " tokens: want the " + what);
    }
  }
}
