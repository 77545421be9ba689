package io.hybnext.model.chameleon;

import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.TokenSequences;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Training without a prompt, so that guidance has a stream to compare with: the sequence begins at
 * the image start, as the unconditional stream of generation does. Source: arra.md section 3.6,
 * D22.
 */
final class PromptDropping {
  private PromptDropping() {}

  static TokenSequences cut(ChameleonConfig config, TokenSequences sequences, Noise noise) {
    boolean[] dropped = noise.dropped(config.promptDropout());
    List<int[]> ids = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int row = 0; row < sequences.batchSize(); row++) {
      int[] one = sequences.ids().get(row);
      int from = dropped[row] ? imageStart(config, one) : 0;
      ids.add(Arrays.copyOfRange(one, from, one.length));
      labels.add(Arrays.copyOfRange(sequences.labels().get(row), from, one.length));
    }
    return new TokenSequences(ids, labels);
  }

  /** Where the first image starts; 0 when there is none. */
  private static int imageStart(ChameleonConfig config, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == config.vocabulary().marks().imageStart()) {
        return i;
      }
    }
    return 0;
  }
}
