package io.hybnext.model.optimiser;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Cuts a range of a bucket where weight decay changes between its parameters. */
final class DecayRuns {
  private DecayRuns() {}

  /**
   * Elements that decay alike.
   *
   * @param begin first element in the bucket
   * @param length number of elements
   * @param decays whether they decay
   */
  record Run(int begin, int length, boolean decays) {}

  /**
   * The runs of elements {@code begin .. begin + length} of a bucket, in order, frozen left out.
   */
  static List<Run> of(
      ParameterLayout.Bucket bucket,
      int begin,
      int length,
      boolean decayVectors,
      Predicate<String> frozen) {
    List<Run> runs = new ArrayList<>();
    int end = begin + length;
    for (Parameter parameter : bucket.parameters()) {
      int from = Math.max(begin, parameter.offset());
      int to = Math.min(end, parameter.offset() + parameter.length());
      if (from < to && !frozen.test(parameter.name())) {
        append(runs, new Run(from, to - from, decayVectors || parameter.matrix()));
      }
    }
    return runs;
  }

  private static void append(List<Run> runs, Run next) {
    int last = runs.size() - 1;
    Run before = last < 0 ? null : runs.get(last);
    if (before != null
        && before.decays() == next.decays()
        && before.begin() + before.length() == next.begin()) {
      runs.set(last, new Run(before.begin(), before.length() + next.length(), before.decays()));
    } else {
      runs.add(next);
    }
  }
}
