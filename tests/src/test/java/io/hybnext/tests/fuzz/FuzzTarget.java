package io.hybnext.tests.fuzz;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A reader and sound input for it.
 *
 * @param name of the reader and the input
 * @param sound inputs that it reads
 * @param words of the format, put in at random
 * @param seal makes lengths and check sums of mutated input right again, so that what lies behind
 *     their check is reached; used every second time
 * @param refusals exceptions whose message is a sentence for people
 * @param reader reads an input and uses all that it read
 */
record FuzzTarget(
    String name,
    List<byte[]> sound,
    List<String> words,
    UnaryOperator<byte[]> seal,
    List<Class<? extends Throwable>> refusals,
    Reader reader) {

  /** Reads bytes. */
  @FunctionalInterface
  interface Reader {
    void read(byte[] input) throws Exception;
  }

  /** Words of JSON. */
  static final List<String> JSON_WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\u0000",
          "\\ud800",
          "null",
          "true",
          "-1",
          "1e99",
          "9223372036854775807",
          "0",
          "\u00ff",
          "\n",
          "[[[[[[[[[[[[[[[[",
          "{\"a\":{\"a\":{\"a\":");

  /** A target without check sums. */
  static FuzzTarget of(
      String name,
      List<byte[]> sound,
      List<String> words,
      Reader reader,
      List<Class<? extends Throwable>> refusals) {
    return new FuzzTarget(name, sound, words, UnaryOperator.identity(), refusals, reader);
  }

  FuzzTarget sealed(UnaryOperator<byte[]> other) {
    return new FuzzTarget(name, sound, words, other, refusals, reader);
  }

  boolean refuses(Throwable failure) {
    return refusals.stream().anyMatch(type -> type.isInstance(failure));
  }

  @Override
  public String toString() {
    return name;
  }
}
