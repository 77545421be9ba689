package io.hybnext.streams.deidentify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes identifiers out of free text (PS3.15 E.3.6, Clean Descriptors Option): those that the file
 * itself names, wherever they stand, and what looks like one: dates, times, phone and other
 * numbers, addresses of mail and network, UIDs, and names behind a title or a word such as
 * "patient". Each is replaced by {@code ___}, as in MIMIC's reports.
 */
public final class TextCleaner {
  /** What stands for something taken out. */
  public static final String REMOVED = "___";

  private static final int LEAST_LENGTH = 3;
  private static final String MONTH =
      "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
  private static final String NAME = "\\p{Lu}[\\p{L}'-]+";

  /** In this order: longer forms before those that are part of them. */
  private static final List<Pattern> FORMS =
      List.of(
          form("https?://\\S+|www\\.\\S+"),
          form("[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*"),
          form("\\b\\d+(?:\\.\\d+){3,}\\b"),
          Pattern.compile(
              "(?i:\\b(?:patient(?:'s)?(?: name| id)?|name|mrn|physician|radiologist|referr(?:ed|ing)"
                  + "(?: physician)?(?: by)?|(?:reported|signed|dictated|read|verified) by|accession"
                  + "(?: number| no\\.?)?|dob|born)\\s*[:=#]\\s*)[^.;\\n]+"),
          Pattern.compile(
              "\\b(?:Dr|Prof|Mr|Mrs|Ms|Miss|Herr|Frau|Sr|Sra|Mme|M)\\b\\.?\\s+(?:"
                  + NAME
                  + "[ .]?\\s*){1,3}"),
          form("\\b\\d{1,2}\\.?\\s+(?:of\\s+)?" + MONTH + ",?\\s+\\d{2,4}\\b"),
          form("\\b" + MONTH + "\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+\\d{2,4}\\b"),
          form("\\b\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}\\b"),
          form("\\b\\d{1,2}:\\d{2}(?::\\d{2})?\\b"),
          form("\\+?\\(?\\d{2,}\\)?(?:[ ()/-]*\\d){5,}"),
          form("\\b(?=[\\w-]*(?:\\d[\\w-]*){4})[\\w-]{4,}"));

  private TextCleaner() {}

  private static Pattern form(String expression) {
    return Pattern.compile(expression, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /**
   * A text without identifiers.
   *
   * @param identifiers that the file names; parts of personal names count each on its own
   */
  public static String clean(String text, Collection<String> identifiers) {
    String cleaned = text;
    for (String part : parts(identifiers)) {
      cleaned =
          Pattern.compile(
                  "(?<![\\p{L}\\p{N}])" + Pattern.quote(part) + "(?![\\p{L}\\p{N}])",
                  Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
              .matcher(cleaned)
              .replaceAll(REMOVED);
    }
    for (Pattern form : FORMS) {
      cleaned = form.matcher(cleaned).replaceAll(REMOVED);
    }
    return cleaned;
  }

  /** The longest first, so that no part of one is left. */
  private static List<String> parts(Collection<String> identifiers) {
    List<String> parts = new ArrayList<>();
    for (String identifier : identifiers) {
      parts.add(identifier);
      if (identifier.indexOf('^') >= 0 || identifier.indexOf('=') >= 0) {
        String[] components = identifier.split("[\\^=\\s]+", -1);
        parts.addAll(List.of(components));
      }
    }
    return parts.stream()
        .map(String::strip)
        .filter(part -> part.length() >= LEAST_LENGTH)
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }
}
