package io.hybnext.tests.health;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run of its own whose optimiser divides by what rounds to nothing, so that its weights are no
 * numbers.
 */
final class Divergence {
  private static final String ACTOR = "training"; // no single trainer is to blame
  private static final double PATIENCE_SECONDS = 120;

  private final FleetRun run;
  private final Path log;
  private final Diary diary;
  private final Findings findings;

  /** Beside a run on the same data. */
  Divergence(FleetRun beside, Path log, Diary diary, Findings findings) {
    List<String> more = new ArrayList<>(beside.more());
    more.add("optimiser.epsilon=1e-300");
    run =
        new FleetRun(
            beside.base(),
            beside.base().resolve("diverging-" + System.nanoTime()),
            beside.size(),
            more);
    this.log = log;
    this.diary = diary;
    this.findings = findings;
  }

  /** Starts it and waits for its word. */
  void observe() throws Exception {
    diary.show(Ailment.NOT_A_NUMBER + " " + run.folder().getFileName());
    Words words = new Words(run.journal(), diary);
    long startNs = System.nanoTime();
    try (Fleet fleet = new Fleet(run, log, diary)) {
      fleet.lead(2, 0); // with one it would be the one to blame
      Optional<Word> word =
          words.await(
              startNs,
              PATIENCE_SECONDS,
              said -> said.actor().equals(ACTOR) && Ailment.NOT_A_NUMBER.isNamedBy(said.cause()));
      OptionalLong firstNs = words.firstNotApplied();
      findings.add(
          Ailment.NOT_A_NUMBER,
          ACTOR,
          firstNs.orElse(startNs),
          word,
          words.badSince(startNs),
          List.of());
    }
  }
}
