package io.hybnext.streams.ingest;

import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageTokenizer;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.SegmentStore;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Puts the images of a source into a store:
 *
 * <pre>
 * source -> probe -> admit -> read -> select -> decode, gate, fit -> group -> tokenise -> encode -> store
 * </pre>
 *
 * <p>An item is known by the hash of its file and the fingerprints of tokenizer and encoder; what
 * is stored already is read and hashed, never decoded or computed again. Back-pressure reaches from
 * the store to the source, and bytes in flight are bounded.
 */
public final class Ingest {
  private Ingest() {}

  /**
   * Starts an ingestion.
   *
   * @param system runs the stream
   * @param source gives the images
   * @param tokenizer gives their tokens; not closed
   * @param encoder gives their features; not closed
   * @param store takes them; closed when the run ends, however it ends
   * @param settings of the run
   * @return to wait for it, watch it or stop it
   */
  public static IngestHandle run(
      ClassicActorSystemProvider system,
      ImageSource source,
      ImageTokenizer tokenizer,
      FeatureEncoder encoder,
      SegmentStore store,
      IngestSettings settings) {
    return new IngestRun(source, tokenizer, encoder, store, settings).start(system);
  }

  /** What items of this tokenizer and encoder are stored under. */
  public static SegmentSchema schema(ImageTokenizer tokenizer, FeatureEncoder encoder) {
    return new SegmentSchema(
        tokenizer.fingerprint(),
        encoder.fingerprint(),
        tokenizer.tokensPerImage(),
        tokenizer.codebookSize(),
        encoder.dimension(),
        ImageFit.VERSION);
  }
}
