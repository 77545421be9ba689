package io.hybnext.model.lumina;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.RandomStreams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences being continued. Prompts are padded on the left so that all continue at the same slot;
 * under guidance every sequence has a second row, which sees it from the image start on.
 */
final class Continuations {
  private static final long PADDING = 0;

  private final ChameleonConfig config;
  private final LuminaSettings settings;
  private final long seed;
  private final long[] samples;
  private final int batch;
  private final int longest;
  private final int atMost;
  private final long[] first;
  private final List<GrammarState> states = new ArrayList<>();
  private final List<List<Integer>> continued = new ArrayList<>();
  private final boolean[] ended;
  private boolean imageSeen;
  private long[][] fed;
  private int done;

  Continuations(
      ChameleonConfig config,
      List<int[]> prompts,
      LuminaSettings settings,
      long seed,
      long[] samples) {
    this.config = config;
    this.settings = settings;
    this.seed = seed;
    this.samples = samples;
    this.batch = prompts.size();
    this.longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    this.atMost = Math.min(settings.maxNewTokens(), config.maxPositions() - longest);
    if (samples.length != batch || batch == 0) {
      throw new IllegalArgumentException(
          samples.length + " sample numbers for " + batch + " prompts");
    }
    if (atMost < 1) {
      throw new IllegalArgumentException(
          String.format(
              "a prompt of %d tokens leaves no room: the network takes at most %d",
              longest, config.maxPositions()));
    }
    this.ended = new boolean[batch];
    this.first = new long[2 * batch];
    Arrays.fill(first, batch, first.length, slots());
    this.fed = new long[batch][longest];
    for (int row = 0; row < batch; row++) {
      start(row, prompts.get(row));
    }
  }

  private void start(int row, int[] prompt) {
    states.add(new GrammarState(config.vocabulary()));
    continued.add(new ArrayList<>());
    int padding = longest - prompt.length;
    first[row] = padding;
    Arrays.fill(fed[row], 0, padding, PADDING);
    for (int i = 0; i < prompt.length; i++) {
      fed[row][padding + i] = prompt[i];
      follow(row, prompt[i], padding + i);
    }
  }

  /** Tells the grammar of a token, and the second row where its image starts. */
  private void follow(int row, int id, int slot) {
    GrammarState state = states.get(row);
    boolean before = state.inImage();
    state.feed(id);
    if (!before && state.inImage()) {
      first[batch + row] = slot;
      imageSeen = true;
    }
  }

  /** Rows of the cache. */
  int rows() {
    return settings.guides() ? 2 * batch : batch;
  }

  /** Slots of the cache. */
  int slots() {
    return longest + atMost;
  }

  List<GrammarState> states() {
    return states;
  }

  int done() {
    return done;
  }

  int atMost() {
    return atMost;
  }

  /** Tokens that may still follow behind the next one. */
  int room() {
    return atMost - done - 1;
  }

  private int presentRows() {
    return settings.guides() && imageSeen ? 2 * batch : batch;
  }

  /** What to feed next, (R)(S); second rows only once an image has started. */
  long[][] fed() {
    long[][] rows = Arrays.copyOf(fed, presentRows());
    for (int row = batch; row < rows.length; row++) {
      rows[row] = fed[row - batch];
    }
    return rows;
  }

  /** First visible slots of the rows to feed. */
  long[] first() {
    return Arrays.copyOf(first, presentRows());
  }

  /** Random words that decide the next tokens, (B). */
  long[] words() {
    long[] words = new long[batch];
    for (int row = 0; row < batch; row++) {
      long key = CounterRandom.key(seed, RandomStreams.SAMPLING, 0, samples[row]);
      words[row] = CounterRandom.word(key, done);
    }
    return words;
  }

  /** Takes one token a sequence. */
  void take(long[] chosen) {
    fed = new long[batch][1];
    for (int row = 0; row < batch; row++) {
      if (ended[row]) {
        continue;
      }
      int id = Math.toIntExact(chosen[row]);
      fed[row][0] = id;
      boolean inText = !states.get(row).inImage();
      continued.get(row).add(id);
      follow(row, id, longest + done);
      ended[row] =
          settings.stopAtSeparator() && inText && id == config.vocabulary().marks().separator();
    }
    done++;
  }

  boolean finished() {
    boolean all = true;
    for (boolean one : ended) {
      all &= one;
    }
    return all || done == atMost;
  }

  List<int[]> result() {
    return continued.stream()
        .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }
}
