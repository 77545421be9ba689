package io.hybnext.streams.ingest;

import io.hybnext.streams.flow.StageSnapshot;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A running ingestion. Thread-safe. */
public interface IngestHandle {

  /**
   * Completes when everything is published and the store is closed. Fails with a {@link
   * io.hybnext.streams.store.StoreException}, {@link io.hybnext.streams.source.SourceException} or
   * {@link IngestException} whose message is for people; what was complete is published even then,
   * if the store can still be written.
   */
  CompletionStage<IngestReport> completion();

  /** Takes no more from the source; what is in the stream is finished and published. */
  void cancel();

  /** Figures of every stage now, in stream order. */
  List<StageSnapshot> meters();

  /** What was counted up to now; {@code stored} counts items of segments not yet listed as well. */
  IngestReport progress();
}
