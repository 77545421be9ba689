package io.hybnext.streams.deidentify;

import io.hybnext.streams.FakeNetworks;
import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.ingest.Ingest;
import io.hybnext.streams.ingest.IngestReport;
import io.hybnext.streams.ingest.IngestSettings;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.SegmentStore;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** Ingestion of planted identifiers, as every test of it runs it. */
public final class PlantedIngestion {
  private PlantedIngestion() {}

  /** Ingests what a source gives, through the door, with networks that do nothing. */
  public static IngestReport run(ImageSource source, SegmentStore segments, Path store)
      throws Exception {
    ActorTestKit kit = ActorTestKit.create();
    try {
      return Ingest.run(
              kit.system(),
              new DeidentifiedSource(
                  source,
                  new DoorSettings(
                      Scope.DICOM,
                      PseudonymKey.lazily(store.resolve("pseudonyms.key")),
                      new CaptionTemplate("{series}, {view}: {caption}"))),
              new FakeNetworks.Tokenizer("t"),
              new FakeNetworks.Encoder("e"),
              segments,
              IngestSettings.DEFAULT)
          .completion()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    } finally {
      kit.shutdownTestKit();
    }
  }
}
