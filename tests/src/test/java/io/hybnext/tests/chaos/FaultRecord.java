package io.hybnext.tests.chaos;

/**
 * A fault that happened.
 *
 * @param name of its kind
 * @param atNs when it began, as {@link System#nanoTime}
 */
record FaultRecord(String name, long atNs) {}
