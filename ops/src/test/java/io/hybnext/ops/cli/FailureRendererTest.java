package io.hybnext.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FailureRendererTest {

  /** Found by fuzzing: keys of a foreign file may hold line breaks. */
  @Test
  void shouldTellOneLineWhateverAMessageQuotes() {
    assertEquals(
        "key \"a b\" is unknown",
        FailureRenderer.sentence(new IOException("key \"a\r\nb\" is unknown")));
  }

  @Test
  void shouldTellTheFirstCause() {
    IOException cause = new IOException("the disk is gone");
    assertEquals(
        "the disk is gone",
        FailureRenderer.sentence(new CompletionException(new UncheckedIOException(cause))));
  }
}
