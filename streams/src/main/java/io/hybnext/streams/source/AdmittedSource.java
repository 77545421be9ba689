package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.Withdrawals;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** A source without the items of withdrawn studies: those are put aside. */
public final class AdmittedSource implements ImageSource {
  private final ImageSource source;
  private final Withdrawals withdrawals;

  /** Another source, and what may not pass. */
  public AdmittedSource(ImageSource source, Withdrawals withdrawals) {
    this.source = source;
    this.withdrawals = withdrawals;
  }

  @Override
  public Source<Outcome<ImageItem>, NotUsed> items() {
    return source.items().map(this::admit);
  }

  private Outcome<ImageItem> admit(Outcome<ImageItem> element) {
    if (element instanceof Kept<ImageItem> kept
        && withdrawals.covers(kept.value().provenance().study(), kept.value().id())) {
      String path = kept.value().relativePath();
      return Outcome.rejected(
          new Quarantined(
              path,
              kept.value().id(),
              null,
              QuarantineRule.WITHDRAWN,
              path + ": its study was withdrawn"));
    }
    return element;
  }

  @Override
  public String describe() {
    return source.describe();
  }
}
