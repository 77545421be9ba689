package io.hybnext.streams.deidentify;

import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.Outcome.Rejected;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.source.ImageSource;
import java.util.regex.Pattern;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/**
 * A source behind the door: its items leave without identifiers. Headers are read on the dispatcher
 * for blocking work, one file at a time, beside the other stages.
 */
public final class DeidentifiedSource implements ImageSource {
  /** Names that DICOM files have: their endings, a UID, or no ending. */
  private static final Pattern DICOM_NAME =
      Pattern.compile("(?i)\\.dcm\\b|\\.dicom\\b|(^|/)\\d+(\\.\\d+)+$|(^|/)[^./:]+$");

  static final String PLACE = "entry/";

  private final ImageSource source;
  private final DoorSettings settings;
  private final Deidentifier deidentifier;

  /** Another source, de-identified. */
  public DeidentifiedSource(ImageSource source, DoorSettings settings) {
    this.source = source;
    this.settings = settings;
    deidentifier = new Deidentifier(settings);
  }

  @Override
  public Source<Outcome<ImageItem>, NotUsed> items() {
    return source.items().via(door());
  }

  private Flow<Outcome<ImageItem>, Outcome<ImageItem>, NotUsed> door() {
    return Flow.<Outcome<ImageItem>>create()
        .map(this::pass)
        .withAttributes(ActorAttributes.dispatcher(ActorAttributes.IODispatcher().dispatcher()))
        .async()
        .named("deidentify");
  }

  private Outcome<ImageItem> pass(Outcome<ImageItem> element) {
    if (element instanceof Kept<ImageItem> kept) {
      return deidentifier.pass(kept.value());
    }
    if (!(element instanceof Rejected<ImageItem> rejected)) {
      return element; // a mark
    }
    Quarantined reason = rejected.reason();
    boolean named = settings.scope() == Scope.ALL || namesDicom(reason);
    return named ? Outcome.rejected(unnamed(reason)) : element;
  }

  private static boolean namesDicom(Quarantined reason) {
    return DICOM_NAME.matcher(reason.origin()).find()
        || DICOM_NAME.matcher(reason.message()).find();
  }

  /** A source's own sentence may quote names: the rule's and a pseudonym of the place are left. */
  private Quarantined unnamed(Quarantined reason) {
    String origin = PLACE + settings.key().get().name(reason.origin());
    String item = reason.item() == null ? null : settings.key().get().name(reason.item());
    return new Quarantined(
        origin,
        item,
        reason.contentHash(),
        reason.rule(),
        origin + ": " + reason.rule().sentence());
  }

  @Override
  public String describe() {
    return source.describe();
  }
}
