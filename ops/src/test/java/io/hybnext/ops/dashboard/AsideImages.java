package io.hybnext.ops.dashboard;

import io.hybnext.config.HybnextSettings;
import io.hybnext.model.image.PngFile;
import io.hybnext.ops.intake.IntakeSource;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.stream.javadsl.Sink;

/** A folder of images that names a person, and a store that put all of them aside. */
final class AsideImages {
  static final String PERSON = "Zimmerquark";

  private final Path folder;
  private final HybnextSettings settings;

  AsideImages(Path folder) {
    this.folder = folder;
    settings =
        HybnextSettings.parse("")
            .with(
                Map.of(
                    "data.source", folder.resolve("in").toString(),
                    "data.store", folder.resolve("store").toString(),
                    "intake.deidentify", "all"));
  }

  HybnextSettings settings() {
    return settings;
  }

  Path key() {
    return IntakeSource.pseudonymKey(settings);
  }

  AsideImages picture(String name) throws IOException {
    byte[] grey = new byte[40 * 40];
    java.util.Arrays.fill(grey, (byte) 150);
    PngFile.write(file(name), grey, 40, 40, 1);
    return this;
  }

  AsideImages damaged(String name) throws IOException {
    Files.writeString(file(name), "no picture of " + PERSON);
    return this;
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve("in/" + PERSON + "^Anna").resolve(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  /** Everything there is goes aside; what did is returned in the order of the files' names. */
  List<Quarantined> putAside(QuarantineRule rule, String why) {
    List<Quarantined> aside = new ArrayList<>();
    try (StreamSystem streams = new StreamSystem("test-aside");
        SegmentStore store = SegmentStore.open(settings.data().store(), StoreSettings.DEFAULT)) {
      List<Outcome<ImageItem>> items =
          IntakeSource.ofFiles(settings)
              .items()
              .runWith(Sink.seq(), streams.system())
              .toCompletableFuture()
              .join();
      for (Outcome<ImageItem> item : items) {
        ImageItem kept = ((Outcome.Kept<ImageItem>) item).value();
        String place = kept.relativePath();
        aside.add(new Quarantined(place, kept.id(), null, rule, place + ": " + why));
      }
      aside.forEach(store::quarantine);
    }
    return aside;
  }
}
