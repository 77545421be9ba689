package io.hybnext.streams.item;

/**
 * An item put aside, with the reason; the stream goes on.
 *
 * @param origin file, or {@code manifest:line}, for people to find it
 * @param item id of the item; null when it has none yet
 * @param contentHash SHA-256 of the file in hex; null when it was not read
 * @param rule which rule it breaks
 * @param message one sentence: what, where, the rule
 */
public record Quarantined(
    String origin, String item, String contentHash, QuarantineRule rule, String message) {}
