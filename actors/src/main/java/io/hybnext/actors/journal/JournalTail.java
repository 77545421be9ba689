package io.hybnext.actors.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.file.FileTail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads what is appended to a journal, or to any file of JSON lines, as it comes: for whoever
 * watches a run from outside. One thread at a time.
 */
public final class JournalTail {
  private final FileTail tail;
  private long lines;

  /** Begins at the start of the file, which need not be there yet. */
  public JournalTail(Path file) {
    tail = new FileTail(file);
  }

  /**
   * Lines that came since the last call.
   *
   * @param lines whole ones, in order; empty when nothing came
   * @param restarted whether the file is another one than before, so that all read earlier is void
   */
  public record News(List<JsonNode> lines, boolean restarted) {

    /** Copies the list. */
    public News {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Reads on.
   *
   * @throws IOException with a sentence when a line is damaged, or the disk fails
   */
  public News read() throws IOException {
    FileTail.Part part = tail.read();
    lines = part.restarted() ? 0 : lines;
    JournalLines read = JournalLines.of(part.bytes(), tail.file(), lines);
    tail.take(read.lengthBytes());
    lines += read.whole().size();
    return new News(read.whole(), part.restarted());
  }
}
