package io.hybnext.model.training;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.model.decoder.RandomStreams;
import java.util.stream.LongStream;

/** Sample numbers whose condition training keeps at step 0. */
final class KeptSamples {
  private KeptSamples() {}

  static long[] first(long seed, int count) {
    return LongStream.iterate(0, number -> number + 1)
        .filter(
            number -> {
              long key = CounterRandom.key(seed, RandomStreams.CONDITION_DROP, 0, number);
              return CounterRandom.uniform(key, 0) >= 0.1;
            })
        .limit(count)
        .toArray();
  }
}
