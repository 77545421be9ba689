package io.hybnext.tests.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.JournalTail;
import io.hybnext.tests.fleet.Diary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Hears what a run says of its health, by its journal, while it goes on. One thread at a time. */
final class Words {
  private static final long LOOK_EVERY_MS = 20;

  private final JournalTail tail;
  private final Diary diary;
  private final List<Word> words = new ArrayList<>();
  private final Set<String> open = new LinkedHashSet<>();
  private long driver; // process of the media driver
  private OptionalLong notAppliedNs = OptionalLong.empty();

  /** Of a run whose journal need not be there yet. */
  Words(Path journal, Diary diary) {
    tail = new JournalTail(journal);
    this.diary = diary;
  }

  private void read() throws IOException {
    long nowNs = System.nanoTime();
    for (JsonNode line : tail.read().lines()) {
      String kind = line.path("kind").asText();
      if (kind.equals("driver-started")) {
        driver = line.path("process").asLong();
      } else if (kind.equals("step-not-applied") && notAppliedNs.isEmpty()) {
        notAppliedNs = OptionalLong.of(nowNs);
      } else if (kind.equals("health")) {
        Word word = Word.of(line, nowNs);
        diary.show("  " + word.state() + " " + word.what() + ": " + word.sentence());
        words.add(word);
        if (word.isOver()) {
          open.remove(word.what());
        } else {
          open.add(word.what());
        }
      }
    }
  }

  /** All words so far. */
  List<Word> all() throws IOException {
    read();
    return List.copyOf(words);
  }

  /** What was told after a moment and is no good news. */
  List<Word> badSince(long sinceNs) throws IOException {
    return all().stream().filter(word -> word.atNs() >= sinceNs && !word.isOver()).toList();
  }

  /** Number of the media driver's process; 0 when none was told. */
  long driver() throws IOException {
    read();
    return driver;
  }

  /** When the first step was left out because its gradient was not finite. */
  OptionalLong firstNotApplied() {
    return notAppliedNs;
  }

  /** The first word after a moment that is meant; empty when none comes in time. */
  Optional<Word> await(long sinceNs, double seconds, Predicate<Word> meant)
      throws IOException, InterruptedException {
    long endNs = sinceNs + (long) (seconds * 1e9);
    while (true) {
      Optional<Word> found = badSince(sinceNs).stream().filter(meant).findFirst();
      if (found.isPresent() || System.nanoTime() - endNs > 0) {
        return found;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  /** Waits until everything that was told is told to be over; false when it is not in time. */
  boolean awaitCalm(double seconds) throws IOException, InterruptedException {
    long endNs = System.nanoTime() + (long) (seconds * 1e9);
    while (true) {
      read();
      if (open.isEmpty() || System.nanoTime() - endNs > 0) {
        return open.isEmpty();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }
}
