package io.hybnext.ops.doctor;

/**
 * What a check found.
 *
 * @param check what was looked at
 * @param status how it is
 * @param found what there is
 * @param advice what to do, empty when all is well
 */
public record Finding(String check, Status status, String found, String advice) {

  /** How a thing is. */
  public enum Status {
    /** As it should be. */
    OK,
    /** Works, with limits that the advice names. */
    WARNING,
    /** Needed and broken. */
    BROKEN
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Status.OK, found, "");
  }

  static Finding warning(String check, String found, String advice) {
    return new Finding(check, Status.WARNING, found, advice);
  }

  static Finding broken(String check, String found, String advice) {
    return new Finding(check, Status.BROKEN, found, advice);
  }
}
