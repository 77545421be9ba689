package io.hybnext.streams.item;

/**
 * What a stage makes of an element: it goes on, or it is put aside. Both kinds stay in the stream,
 * in order, down to the store, which notes them. Marks between them tell the store how far a source
 * has come.
 *
 * @param <T> what goes on
 */
public sealed interface Outcome<T> {

  /**
   * Goes on.
   *
   * @param value never null
   */
  record Kept<T>(T value) implements Outcome<T> {}

  /**
   * Put aside.
   *
   * @param reason never null
   */
  record Rejected<T>(Quarantined reason) implements Outcome<T> {}

  /**
   * No image: everything that its source offered before is through.
   *
   * @param position to note together with what came before it; null for none
   * @param passed run by the store when everything before has left the other stages
   */
  record Mark<T>(SourcePosition position, Runnable passed) implements Outcome<T> {}

  /**
   * An element that does not go on, in a stream of other elements.
   *
   * @throws IllegalStateException when it does go on
   */
  @SuppressWarnings("unchecked") // Rejected and Mark hold no T
  default <U> Outcome<U> as() {
    if (this instanceof Kept) {
      throw new IllegalStateException("an element that goes on keeps its kind");
    }
    return (Outcome<U>) this;
  }

  /** An element that goes on. */
  static <T> Outcome<T> kept(T value) {
    return new Kept<>(value);
  }

  /** An element put aside. */
  static <T> Outcome<T> rejected(Quarantined reason) {
    return new Rejected<>(reason);
  }
}
