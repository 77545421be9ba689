package io.hybnext.model.chameleon;

import io.hybnext.model.network.SizeLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ids of a Chameleon vocabulary that mean something beyond text: image codes and the tokens of
 * the image grammar. Image codes are found by their names, never by arithmetic, because released
 * tables may permute them. Source: arra.md section 4.1.
 */
public final class ChameleonVocabulary {
  private static final String IMAGE_PREFIX = "IMGIMG";
  private static final int RESERVED_SIZES = 8800;
  private static final int LARGEST_SIZE = 4096;

  private final int size;
  private final int[] idOfCode;
  private final int[] codeOfId;
  private final int[] idOfSize;
  private final Marks marks;
  private final Optional<Path> text;

  /**
   * The single tokens of the grammar.
   *
   * @param sequenceStart {@code <s>}
   * @param imageStart {@code <racm3:break>}
   * @param imageEnd {@code <eoss>}
   * @param separator end of a turn, {@code <reserved08706>}
   * @param newLine end of a row of image tokens, {@code <reserved08799>}
   * @param alignment the learned token of the alignment's ablation, {@code <reserved08795>}; empty
   *     for none
   */
  public record Marks(
      int sequenceStart,
      int imageStart,
      int imageEnd,
      int separator,
      int newLine,
      Optional<Integer> alignment) {}

  /**
   * A vocabulary.
   *
   * @param size number of ids V
   * @param idOfCode id of every image code, in the order of the codebook
   * @param idOfSize id of the size token of n grid units, at n
   * @throws IllegalArgumentException when an id is out of range or used twice
   */
  public ChameleonVocabulary(int size, int[] idOfCode, int[] idOfSize, Marks marks) {
    this(size, idOfCode, idOfSize, marks, Optional.empty());
  }

  private ChameleonVocabulary(
      int size, int[] idOfCode, int[] idOfSize, Marks marks, Optional<Path> text) {
    if (!SizeLimits.within(size, SizeLimits.MOST_SYMBOLS)) {
      throw new IllegalArgumentException(
          "vocabulary of " + size + " ids: want 1 to " + SizeLimits.MOST_SYMBOLS);
    }
    this.text = text;
    this.size = size;
    this.idOfCode = idOfCode.clone();
    this.idOfSize = idOfSize.clone();
    this.marks = marks;
    this.codeOfId = new int[size];
    Arrays.fill(codeOfId, -1);
    boolean[] used = new boolean[size];
    for (int code = 0; code < idOfCode.length; code++) {
      take(used, idOfCode[code], "image code " + code);
      codeOfId[idOfCode[code]] = code;
    }
    for (int units = 0; units < idOfSize.length; units++) {
      take(used, idOfSize[units], "size " + units);
    }
    take(used, marks.sequenceStart(), "sequence start");
    take(used, marks.imageStart(), "image start");
    take(used, marks.imageEnd(), "image end");
    take(used, marks.separator(), "separator");
    take(used, marks.newLine(), "new line");
    marks.alignment().ifPresent(id -> take(used, id, "alignment token"));
  }

  private static void take(boolean[] used, int id, String what) {
    if (id < 0 || id >= used.length || used[id]) {
      throw new IllegalArgumentException(
          String.format(
              "vocabulary of %d ids: %s has id %d, which is out of range or taken",
              used.length, what, id));
    }
    used[id] = true;
  }

  /**
   * Reads a checkpoint's {@code vocabulary_map}.
   *
   * @param size number of ids V of the network
   * @param ids by name
   * @throws IllegalArgumentException naming what is missing
   */
  public static ChameleonVocabulary of(int size, Map<String, Integer> ids) {
    List<Integer> codes = new ArrayList<>();
    for (int code = 0; ids.containsKey(nameOfCode(code)); code++) {
      codes.add(ids.get(nameOfCode(code)));
    }
    long images = ids.keySet().stream().filter(name -> codeOfName(name).isPresent()).count();
    if (codes.isEmpty() || images != codes.size()) {
      throw new IllegalArgumentException(
          String.format(
              "vocabulary: %d image tokens, of which codes 0 to %d follow one another; want names"
                  + " %s to the last code without a gap",
              images, codes.size() - 1, nameOfCode(0)));
    }
    List<Integer> sizes = new ArrayList<>();
    while (sizes.size() < LARGEST_SIZE
        && ids.containsKey(reserved(RESERVED_SIZES + sizes.size()))) {
      sizes.add(ids.get(reserved(RESERVED_SIZES + sizes.size())));
    }
    Marks marks =
        new Marks(
            id(ids, "<s>"),
            id(ids, "<racm3:break>"),
            id(ids, "<eoss>"),
            id(ids, reserved(8706)),
            id(ids, reserved(8799)),
            Optional.ofNullable(ids.get(reserved(8795))));
    return new ChameleonVocabulary(size, toInts(codes), toInts(sizes), marks);
  }

  /** The {@code vocabulary_map} that {@link #of} reads as this vocabulary; no text tokens. */
  public Map<String, Integer> toMap() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put("<s>", marks.sequenceStart());
    ids.put("<racm3:break>", marks.imageStart());
    ids.put("<eoss>", marks.imageEnd());
    ids.put(reserved(8706), marks.separator());
    ids.put(reserved(8799), marks.newLine());
    marks.alignment().ifPresent(id -> ids.put(reserved(8795), id));
    for (int code = 0; code < idOfCode.length; code++) {
      ids.put(nameOfCode(code), idOfCode[code]);
    }
    for (int units = 0; units < idOfSize.length; units++) {
      ids.put(reserved(RESERVED_SIZES + units), idOfSize[units]);
    }
    return ids;
  }

  private static int id(Map<String, Integer> ids, String name) {
    Integer id = ids.get(name);
    if (id == null) {
      throw new IllegalArgumentException(
          "vocabulary: no token " + name + "; want a Chameleon vocabulary with image tokens");
    }
    return id;
  }

  private static String reserved(int number) {
    return String.format("<reserved%05d>", number);
  }

  private static int[] toInts(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The name of an image code: its decimal digits written A to J. */
  static String nameOfCode(int code) {
    StringBuilder name = new StringBuilder(IMAGE_PREFIX);
    for (char digit : Integer.toString(code).toCharArray()) {
      name.append((char) ('A' + digit - '0'));
    }
    return name.append('Z').toString();
  }

  /** The code that a token's name spells; empty when it is no image token. */
  static Optional<Integer> codeOfName(String name) {
    if (!name.matches(IMAGE_PREFIX + "[A-J]{1,8}Z")) {
      return Optional.empty();
    }
    int code = 0;
    for (char letter : name.substring(IMAGE_PREFIX.length(), name.length() - 1).toCharArray()) {
      code = 10 * code + letter - 'A';
    }
    return Optional.of(code);
  }

  /**
   * The ids of the published vocabulary of 65,536, image codes in the order of their ids; for
   * networks that start from random weights. A checkpoint's own table may permute the codes.
   */
  public static ChameleonVocabulary published() {
    int[] codes = new int[8192];
    Arrays.setAll(codes, code -> 4 + code);
    int[] sizes = new int[65];
    Arrays.setAll(sizes, units -> 8804 + units);
    return new ChameleonVocabulary(
        65536, codes, sizes, new Marks(0, 8197, 8196, 8710, 8803, Optional.of(8799)));
  }

  /**
   * A vocabulary without gaps, for small networks: {@code <s>}, padding, image codes, marks, sizes,
   * then text.
   *
   * @param codes of the image tokenizer
   * @param largestSize number of grid units of the largest side
   * @param texts number of text ids
   */
  public static ChameleonVocabulary compact(int codes, int largestSize, int texts) {
    int[] idOfCode = new int[codes];
    Arrays.setAll(idOfCode, code -> 2 + code);
    int next = 2 + codes;
    Marks marks = new Marks(0, next + 1, next, next + 2, next + 4, Optional.of(next + 3));
    int[] idOfSize = new int[largestSize + 1];
    Arrays.setAll(idOfSize, units -> next + 5 + units);
    return new ChameleonVocabulary(next + 5 + idOfSize.length + texts, idOfCode, idOfSize, marks);
  }

  /** The same whose texts the {@code tokenizer.json} of a folder turns into ids. */
  public ChameleonVocabulary withText(Path folder) {
    return new ChameleonVocabulary(size, idOfCode, idOfSize, marks, Optional.of(folder));
  }

  /** Folder of the text's {@code tokenizer.json}; empty where words are hashed. */
  public Optional<Path> text() {
    return text;
  }

  /** Number of ids V. */
  public int size() {
    return size;
  }

  /** Number of image codes. */
  public int codes() {
    return idOfCode.length;
  }

  /** The single tokens of the grammar. */
  public Marks marks() {
    return marks;
  }

  /**
   * The id of an image code.
   *
   * @throws IllegalArgumentException when the codebook has no such entry
   */
  public int idOfCode(int code) {
    if (code < 0 || code >= idOfCode.length) {
      throw new IllegalArgumentException(
          "image code " + code + ": the vocabulary has codes 0 to " + (idOfCode.length - 1));
    }
    return idOfCode[code];
  }

  /** The image code of an id, or -1 when it is none. */
  public int codeOfId(int id) {
    return id >= 0 && id < size ? codeOfId[id] : -1;
  }

  /** Whether an id is an image code. */
  public boolean isImage(int id) {
    return codeOfId(id) >= 0;
  }

  /** Number of grid units of the largest side that has a token. */
  public int largestSize() {
    return idOfSize.length - 1;
  }

  /**
   * The id of the size token of so many grid units.
   *
   * @throws IllegalArgumentException when there is none
   */
  public int idOfSize(int units) {
    if (units < 0 || units >= idOfSize.length) {
      throw new IllegalArgumentException(
          "an image side of " + units + " grid units: want 0 to " + largestSize());
    }
    return idOfSize[units];
  }

  /** The grid units of a size token, or -1 when it is none. */
  public int sizeOfId(int id) {
    for (int units = 0; units < idOfSize.length; units++) {
      if (idOfSize[units] == id) {
        return units;
      }
    }
    return -1;
  }

  /** One byte an id, 1 where it is an image code. */
  public byte[] imageMask() {
    byte[] mask = new byte[size];
    for (int id : idOfCode) {
      mask[id] = 1;
    }
    return mask;
  }

  /** One byte an id, 1 where it is a size token of at least one grid unit. */
  public byte[] sizeMask() {
    byte[] mask = new byte[size];
    for (int units = 1; units < idOfSize.length; units++) {
      mask[idOfSize[units]] = 1;
    }
    return mask;
  }

  /** Ids of text begin here in a {@link #compact} vocabulary. */
  public int firstText() {
    return idOfSize[idOfSize.length - 1] + 1;
  }
}
