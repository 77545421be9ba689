package io.hybnext.ops.intake;

import io.hybnext.config.HybnextSettings;
import io.hybnext.streams.deidentify.Deidentifier;
import io.hybnext.streams.deidentify.PseudonymKey;
import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.Outcome.Rejected;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.StoredItem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * What a store put aside, and for those who hold the key of its pseudonyms the way back to the
 * source: no file keeps it, it is worked out by giving the names that the source has now their
 * pseudonyms again. So it is there as long as key and source are, and nowhere else.
 */
public final class PutAside {
  private final HybnextSettings settings;
  private final Map<String, Source> sources = new HashMap<>();

  /** Of the store, source and key that settings name; nothing is read yet. */
  public PutAside(HybnextSettings settings) {
    this.settings = settings;
  }

  /**
   * Where something put aside lies. Names persons, perhaps: for whoever may read the source, and
   * never for a log.
   *
   * @param name as the source has it
   * @param file image; null for a line of a manifest
   */
  public record Source(String name, Path file) {

    /**
     * The study that a DICOM file says it belongs to; empty for others.
     *
     * @return its UID, as the hospital has it
     */
    public Optional<String> study() {
      if (file == null) {
        return Optional.empty();
      }
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        return DicomDecoder.isDicom(in)
            ? Optional.ofNullable(DicomDecoder.header(in).text(DicomTag.STUDY_INSTANCE_UID))
            : Optional.empty();
      } catch (IOException | QuarantineException damaged) {
        return Optional.empty();
      }
    }
  }

  /**
   * What is aside now, the newest first; what was stored since is left out.
   *
   * @param rule only what broke it; null for all
   * @param most at most so many
   * @throws io.hybnext.streams.store.StoreException when the ledger cannot be read
   */
  public List<Quarantined> list(QuarantineRule rule, int most) {
    Path store = settings.data().store();
    Set<String> stored = new HashSet<>();
    for (SegmentRecord segment : FileLedger.readSegments(store)) {
      segment.items().stream().map(StoredItem::id).forEach(stored::add);
    }
    List<Quarantined> all = new ArrayList<>(FileLedger.readQuarantined(store));
    Collections.reverse(all);
    return all.stream()
        .filter(one -> rule == null || one.rule() == rule)
        .filter(one -> one.item() == null || !stored.contains(one.item()))
        .limit(most)
        .toList();
  }

  /**
   * Looks through the source, once for all later calls of {@link #source}.
   *
   * @throws io.hybnext.config.SettingsException when it is a server, whose files are not kept
   * @throws io.hybnext.streams.source.SourceException when it cannot be read
   */
  public void readSource() {
    readSource(origin -> true);
  }

  /**
   * The same for some only, so that what is kept does not grow with the source.
   *
   * @param wanted whether an origin will be asked for
   * @throws io.hybnext.config.SettingsException when it is a server, whose files are not kept
   * @throws io.hybnext.streams.source.SourceException when it cannot be read
   */
  public void readSource(Predicate<String> wanted) {
    Path file = IntakeSource.pseudonymKey(settings);
    Optional<PseudonymKey> key =
        Files.exists(file) ? Optional.of(PseudonymKey.load(file)) : Optional.empty();
    try (StreamSystem streams = new StreamSystem("hybnext-put-aside")) {
      IntakeSource.named(settings)
          .items()
          .runWith(
              Sink.foreach(
                  element -> {
                    if (element instanceof Kept<ImageItem> kept) {
                      ImageItem item = kept.value();
                      note(key, wanted, item.relativePath(), item.file());
                    } else if (element instanceof Rejected<ImageItem> rejected) {
                      note(key, wanted, rejected.reason().origin(), null);
                    }
                  }),
              streams.system())
          .toCompletableFuture()
          .join();
    }
  }

  private void note(Optional<PseudonymKey> key, Predicate<String> wanted, String name, Path file) {
    List<String> places = new ArrayList<>(List.of(name));
    key.ifPresent(pseudonyms -> places.addAll(Deidentifier.places(pseudonyms, name)));
    Source source = new Source(name, file);
    places.stream().filter(wanted).forEach(place -> sources.put(place, source));
  }

  /** Where one lies; empty when the source, or the key, is another now, or before a look. */
  public Optional<Source> source(Quarantined one) {
    return Optional.ofNullable(sources.get(one.origin()));
  }
}
