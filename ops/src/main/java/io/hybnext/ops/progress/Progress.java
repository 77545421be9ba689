package io.hybnext.ops.progress;

/** Takes events in the order they happen; thread-safe. */
@FunctionalInterface
public interface Progress {

  /** Shows one event. */
  void tell(ProgressEvent event);

  /** Shows a sentence. */
  default void note(String text) {
    tell(new ProgressEvent.Note(text));
  }
}
