package io.hybnext.streams.store;

/**
 * A study that may not be used any more.
 *
 * @param study as items name it, or the id of an item that names none
 * @param time when it was withdrawn, ISO 8601
 */
public record Withdrawal(String study, String time) {}
