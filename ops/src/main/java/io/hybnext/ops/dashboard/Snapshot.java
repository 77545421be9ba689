package io.hybnext.ops.dashboard;

import java.util.Map;

/**
 * What the page shows, at a moment.
 *
 * @param sections by name
 * @param curve the steps
 */
record Snapshot(Map<String, Section> sections, Curve curve) {
  /** Nothing yet. */
  static final Snapshot EMPTY = new Snapshot(Map.of(), Curve.EMPTY);

  /**
   * A part of the page.
   *
   * @param version grows with every change
   * @param json its content
   */
  record Section(long version, String json) {}
}
