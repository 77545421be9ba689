package io.hybnext.actors.cluster;

/** What this code is called among releases. */
public final class Release {
  /** Major, minor and patch number; the same as in the build. */
  public static final String NUMBER = "0.1.0";

  private Release() {}
}
