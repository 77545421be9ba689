package io.hybnext.ops.intake;

import io.hybnext.actors.health.Cause;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.health.HealthSignal;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The ingestion into a store, in whichever process it runs, by what it writes about itself: whether
 * it still does, and what each of its stages has done. An ingestion that was over, or gone, before
 * this began to look is none of its business.
 */
public final class IntakeProbe implements HealthProbe {
  private static final long LEAST_NS = 3_000_000_000L; // it is written once a second
  private static final int RECENT = 32;

  private final Path store;
  private final LongSupplier clock;
  private IntakeFile last; // null before the first look that found one
  private long changedNs;
  private final long[] gapsNs = new long[RECENT]; // between what it wrote; the newest ones
  private int gaps;
  private boolean heard; // it was written while this looked

  /** Looks at a store, which need not be there yet. */
  public IntakeProbe(Path store) {
    this(store, System::nanoTime);
  }

  /** The same with a clock of the caller's. */
  IntakeProbe(Path store, LongSupplier clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public String actor() {
    return "intake";
  }

  @Override
  public Cause cause() {
    return Cause.STALL;
  }

  @Override
  public Optional<Trouble> look() {
    Optional<IntakeFile> found;
    try {
      found = IntakeFile.read(store);
    } catch (IOException e) {
      return Optional.of(
          new Trouble(
              HealthState.DEGRADED,
              "What the ingestion into "
                  + store
                  + " tells cannot be read: "
                  + FileFailure.explain(e)
                  + ".",
              "Look at the disk of data.store."));
    }
    found.ifPresent(this::note);
    long quietNs = clock.getAsLong() - changedNs;
    if (!heard || !last.going() || quietNs <= limitNs()) {
      return Optional.empty();
    }
    return Optional.of(
        new Trouble(
            HealthState.DEGRADED,
            "The ingestion into "
                + store
                + " has told nothing for "
                + quietNs / 1_000_000_000L
                + " s: its process hangs or is gone.",
            "End it if it hangs, and start it again: what is stored is not computed again, and the"
                + " training goes on with it."));
  }

  /** On a machine that is busy it is written less often. */
  private long limitNs() {
    long greatest = Arrays.stream(gapsNs).max().orElse(0);
    return Math.max(LEAST_NS, greatest + greatest / 2);
  }

  private void note(IntakeFile now) {
    long nowNs = clock.getAsLong();
    if (last != null && !now.at().equals(last.at())) {
      if (heard && last.going()) {
        gapsNs[gaps++ % RECENT] = nowNs - changedNs;
      }
      heard = true;
      changedNs = nowNs;
    }
    last = now;
  }

  @Override
  public List<HealthSignal.Stage> stages() {
    if (!heard || !last.going()) {
      return List.of();
    }
    return last.stages().stream()
        .map(
            stage ->
                new HealthSignal.Stage(
                    stage.name(), stage.images(), last.waiting().getOrDefault(stage.name(), 0L)))
        .toList();
  }
}
