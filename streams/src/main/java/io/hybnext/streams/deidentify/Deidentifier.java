package io.hybnext.streams.deidentify;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.dicom.DicomHeader;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes of an item one that names nobody. Of a DICOM file's elements only a few pass, so everything
 * that PS3.15 table E.1-1 removes, empties or replaces in the Basic Application Level
 * Confidentiality Profile is gone: modality, body part and view, if they are terms that are known;
 * descriptions, cleaned (Clean Descriptors Option), where the caption template asks for them; UIDs
 * of study, series and instance, replaced. What was done is noted with the item under {@code
 * deidentification}. Thread-safe.
 */
public final class Deidentifier {
  private static final JsonMapper JSON = new JsonMapper();

  /** Codes of PS3.16 CID 7050. */
  private static final String BASIC_PROFILE = "113100";

  private static final String CLEAN_DESCRIPTORS = "113105";

  private static final Pattern NAMED_DICOM = Pattern.compile("(?i)\\.(dcm|dicom)$");

  private static final String DICOM_PLACE = "dicom/";
  private static final String IMAGE_PLACE = "image/";

  private final DoorSettings settings;

  Deidentifier(DoorSettings settings) {
    this.settings = settings;
  }

  private PseudonymKey key() {
    return settings.key().get();
  }

  /** The item without identifiers, or put aside without them. */
  Outcome<ImageItem> pass(ImageItem item) {
    try {
      Optional<DicomHeader> header = header(item);
      if (header.isPresent()) {
        return dicom(item, header.get(), place(item));
      }
      boolean hidden =
          settings.scope() == Scope.ALL || NAMED_DICOM.matcher(item.relativePath()).find();
      return Outcome.kept(hidden ? plain(item) : item); // a damaged file's name may tell, too
    } catch (QuarantineException damaged) {
      return aside(place(item), null, damaged);
    }
  }

  private String place(ImageItem item) {
    return DICOM_PLACE + key().name(item.relativePath());
  }

  /**
   * All that may stand for a name of a source in a ledger, for who looks for what it stands for.
   */
  public static List<String> places(PseudonymKey key, String name) {
    String pseudonym = key.name(name);
    return List.of(
        DICOM_PLACE + pseudonym, IMAGE_PLACE + pseudonym, DeidentifiedSource.PLACE + pseudonym);
  }

  /** Nothing for other images, and for files that cannot be read: a later stage says so. */
  private static Optional<DicomHeader> header(ImageItem item) {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(item.file()))) {
      return DicomDecoder.isDicom(file) ? Optional.of(DicomDecoder.header(file)) : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private Outcome<ImageItem> dicom(ImageItem item, DicomHeader header, String place) {
    String instance = header.text(DicomTag.SOP_INSTANCE_UID);
    String id = instance == null ? place : key().uid(instance);
    if ("YES".equals(header.text(DicomTag.BURNED_IN_ANNOTATION))) {
      return aside(
          place,
          id,
          new QuarantineException(
              QuarantineRule.BURNED_IN,
              "says that identifying text is burned into its pixels (0028,0301)"));
    }
    String caption = caption(item, header);
    Provenance given = item.provenance();
    Provenance provenance =
        new Provenance(
            code(header, DicomTag.VIEW_POSITION, CodedTerms.VIEWS),
            given.source(),
            given.license(),
            given.labels(),
            extra(header).toString());
    return Outcome.kept(
        new ImageItem(
            id,
            item.file(),
            place,
            caption,
            item.split(),
            provenance,
            item.codes(),
            item.contentHash()));
  }

  private String caption(ImageItem item, DicomHeader header) {
    Map<String, String> values = new HashMap<>();
    values.put("caption", item.caption());
    put(values, "study", header.text(DicomTag.STUDY_DESCRIPTION));
    put(values, "series", header.text(DicomTag.SERIES_DESCRIPTION));
    put(values, "comments", header.text(DicomTag.IMAGE_COMMENTS));
    put(values, "modality", code(header, DicomTag.MODALITY, CodedTerms.MODALITIES));
    put(values, "body-part", code(header, DicomTag.BODY_PART_EXAMINED, CodedTerms.BODY_PARTS));
    put(values, "view", code(header, DicomTag.VIEW_POSITION, CodedTerms.VIEWS));
    return TextCleaner.clean(settings.template().fill(values), header.identifiers());
  }

  private static void put(Map<String, String> values, String place, String value) {
    if (value != null) {
      values.put(place, value);
    }
  }

  private ObjectNode extra(DicomHeader header) {
    ObjectNode extra = JSON.createObjectNode();
    put(extra, "study", header.text(DicomTag.STUDY_INSTANCE_UID));
    put(extra, "series", header.text(DicomTag.SERIES_INSTANCE_UID));
    String modality = code(header, DicomTag.MODALITY, CodedTerms.MODALITIES);
    if (modality != null) {
      extra.put("modality", modality);
    }
    ObjectNode method = extra.putObject("deidentification");
    method.put("scheme", "DCM");
    method.putArray("codes").add(BASIC_PROFILE).add(CLEAN_DESCRIPTORS);
    method.put("key", key().fingerprint());
    String burnedIn = code(header, DicomTag.BURNED_IN_ANNOTATION, CodedTerms.ANSWERS);
    method.put("burned_in_annotation", burnedIn == null ? "not stated" : burnedIn);
    return extra;
  }

  private void put(ObjectNode extra, String name, String uid) {
    if (uid != null) {
      extra.put(name, key().uid(uid));
    }
  }

  /** A term that is known; anything else in its place is left behind. */
  private static String code(DicomHeader header, int tag, Set<String> terms) {
    String text = header.text(tag);
    String term = text == null ? "" : text.toUpperCase(Locale.ROOT);
    return terms.contains(term) ? term : null;
  }

  private ImageItem plain(ImageItem item) {
    Provenance given = item.provenance();
    String study = given.study();
    ObjectNode extra = JSON.createObjectNode();
    put(extra, "study", study);
    extra
        .putObject("deidentification")
        .put("method", "names and captions")
        .put("key", key().fingerprint());
    Provenance provenance =
        new Provenance(
            given.view(), given.source(), given.license(), given.labels(), extra.toString());
    return new ImageItem(
        key().name(item.id()),
        item.file(),
        IMAGE_PLACE + key().name(item.relativePath()),
        TextCleaner.clean(item.caption(), List.of()),
        item.split(),
        provenance,
        item.codes(),
        item.contentHash());
  }

  private static Outcome<ImageItem> aside(String place, String id, QuarantineException reason) {
    return Outcome.rejected(
        new Quarantined(place, id, null, reason.rule(), place + ": " + reason.getMessage()));
  }
}
