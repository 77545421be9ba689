package io.hybnext.model.lumina;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.lumina.GrammarState.Kind;
import java.util.List;

/** From logits to tokens: guidance, grammar, filters, and the draw. */
final class GrammarChoice {
  private final KernelModule kernels;
  private final ChameleonConfig config;
  private final LuminaSettings settings;

  GrammarChoice(KernelModule kernels, ChameleonConfig config, LuminaSettings settings) {
    this.kernels = kernels;
    this.config = config;
    this.settings = settings;
  }

  /** Scores (B, V) of the next token. */
  Array scores(Scope scope, Array logits, Continuations sequences) {
    List<GrammarState> states = sequences.states();
    int batch = states.size();
    long[] plan = new long[4 * batch];
    for (int row = 0; row < batch; row++) {
      GrammarState state = states.get(row);
      Kind kind = settings.constrained() ? state.next() : Kind.ANY;
      plan[row] = settings.guides() && state.guided() ? 1 : 0;
      plan[batch + row] = kind.ordinal();
      plan[2 * batch + row] = kind == Kind.ONE ? state.only() : 0;
      plan[3 * batch + row] = keep(state.inImage() ? settings.imageTopK() : settings.textTopK());
    }
    int vocabulary = config.vocabulary().size();
    byte[] sizes = sizes(sequences);
    try (Array plans = scope.longs(plan, 4, batch);
        Array image = scope.bytes(config.vocabulary().imageMask(), vocabulary);
        Array allowed = scope.bytes(sizes, sizes.length / vocabulary, vocabulary);
        Array rates = rates(scope)) {
      return kernels.call(scope, "scores", logits, plans, image, allowed, rates);
    }
  }

  private long keep(int topK) {
    int vocabulary = config.vocabulary().size();
    return topK == 0 ? vocabulary : Math.min(topK, vocabulary);
  }

  /** (B, V) sizes that fit; one row of zeros when no sequence stands before a size. */
  private byte[] sizes(Continuations sequences) {
    int vocabulary = config.vocabulary().size();
    List<GrammarState> states = sequences.states();
    if (states.stream().noneMatch(state -> state.next() == Kind.SIZE)) {
      return new byte[vocabulary];
    }
    byte[] all = new byte[states.size() * vocabulary];
    for (int row = 0; row < states.size(); row++) {
      byte[] one = states.get(row).sizes(sequences.room());
      System.arraycopy(one, 0, all, row * vocabulary, vocabulary);
    }
    return all;
  }

  private Array rates(Scope scope) {
    float[] rates = {
      (float) settings.temperature(), (float) settings.topP(), (float) settings.cfgScale()
    };
    return scope.floats(rates, rates.length);
  }

  /** One token a row. */
  long[] choose(Scope scope, Array scores, Continuations sequences) {
    if (settings.greedy()) {
      try (Array chosen = kernels.call(scope, "likeliest", scores)) {
        return chosen.toLongs();
      }
    }
    long[] words = sequences.words();
    try (Array noise = scope.longs(words, words.length);
        Array rates = rates(scope);
        Array chosen = kernels.call(scope, "drawn", scores, noise, rates)) {
      return chosen.toLongs();
    }
  }
}
