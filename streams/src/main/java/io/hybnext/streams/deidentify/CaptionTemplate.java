package io.hybnext.streams.deidentify;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the caption of a DICOM image is put together: text with places such as {@code {view}}. What
 * is absent leaves no trace but the punctuation's end.
 *
 * @param text the template
 */
public record CaptionTemplate(String text) {
  /** The places: the source's own caption or report, and what the file says. */
  public static final Set<String> PLACES =
      Set.of("caption", "study", "series", "comments", "modality", "body-part", "view");

  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern GAPS = Pattern.compile("\\s*([,;:])(?:\\s*[,;:])+");
  private static final Pattern ENDS = Pattern.compile("^[\\s,;:]+|[\\s,;:]+$");

  /** Checks the places. */
  public CaptionTemplate {
    Matcher place = PLACE.matcher(text);
    while (place.find()) {
      if (!PLACES.contains(place.group(1))) {
        throw new IllegalArgumentException(
            "{"
                + place.group(1)
                + "} is no place of a caption template: want "
                + PLACES.stream().sorted().toList());
      }
    }
  }

  /**
   * The caption.
   *
   * @param values of the places; those that are missing count as empty
   */
  public String fill(Map<String, String> values) {
    String filled =
        PLACE
            .matcher(text)
            .replaceAll(
                place -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), "").strip()));
    String joined = GAPS.matcher(filled).replaceAll("$1").replaceAll("\\s+", " ");
    return ENDS.matcher(joined.replaceAll("\\s+([,.;:])", "$1")).replaceAll("");
  }
}
