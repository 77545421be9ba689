package io.hybnext.streams.item;

/**
 * What a stage makes of an element: it goes on, or it is put aside. Both kinds stay in the stream,
 * in order, down to the store, which notes them.
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
  record Rejected<T>(Quarantined reason) implements Outcome<T> {

    /** The same in a stream of other elements. */
    @SuppressWarnings("unchecked") // holds no T
    public <U> Rejected<U> as() {
      return (Rejected<U>) this;
    }
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
