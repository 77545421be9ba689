package io.hybnext.model.lumina;

import io.hybnext.model.chameleon.ChameleonVocabulary;

/**
 * Where in text or image one sequence is, and what may follow. Source: arra.md section 8, 3; beyond
 * the official code, only size tokens may stand where sizes must, and only such whose image still
 * has room.
 */
final class GrammarState {
  private final ChameleonVocabulary vocabulary;
  private Place place = Place.TEXT;
  private int rows;
  private int columns;
  private int body;

  private enum Place {
    TEXT,
    HEIGHT,
    WIDTH,
    BODY
  }

  /** What may follow. */
  enum Kind {
    ANY,
    SIZE,
    CODE,
    ONE
  }

  GrammarState(ChameleonVocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Takes the next token of the sequence. */
  void feed(int id) {
    switch (place) {
      case TEXT -> place = id == vocabulary.marks().imageStart() ? Place.HEIGHT : Place.TEXT;
      case HEIGHT -> {
        rows = ImageGrammar.CODES_PER_UNIT * vocabulary.sizeOfId(id);
        place = Place.WIDTH;
      }
      case WIDTH -> {
        columns = ImageGrammar.CODES_PER_UNIT * vocabulary.sizeOfId(id);
        body = 0;
        place = rows > 0 && columns > 0 ? Place.BODY : Place.TEXT;
      }
      case BODY -> {
        body++;
        place = body > rows * (columns + 1) ? Place.TEXT : Place.BODY;
      }
    }
  }

  /** Whether an image has started and not ended. */
  boolean inImage() {
    return place != Place.TEXT;
  }

  /** Whether guidance applies: both sizes are there and the image has not ended. */
  boolean guided() {
    return place == Place.BODY;
  }

  Kind next() {
    return switch (place) {
      case TEXT -> Kind.ANY;
      case HEIGHT, WIDTH -> Kind.SIZE;
      case BODY -> {
        boolean lineEnds = (body + 1) % (columns + 1) == 0;
        yield lineEnds || body == rows * (columns + 1) ? Kind.ONE : Kind.CODE;
      }
    };
  }

  /** The only token that may follow, where {@link #next} is one. */
  int only() {
    return body == rows * (columns + 1)
        ? vocabulary.marks().imageEnd()
        : vocabulary.marks().newLine();
  }

  /** One byte an id: 1 for sizes whose image and its end fit into so many more tokens. */
  byte[] sizes(int room) {
    byte[] mask = new byte[vocabulary.size()];
    for (int units = 1; units <= vocabulary.largestSize(); units++) {
      int side = ImageGrammar.CODES_PER_UNIT * units;
      int needed =
          place == Place.HEIGHT
              ? ImageGrammar.length(side, ImageGrammar.CODES_PER_UNIT) - 1
              : ImageGrammar.length(rows, side) - 2;
      if (units == 1 || needed <= room) {
        mask[vocabulary.idOfSize(units)] = 1;
      }
    }
    return mask;
  }
}
