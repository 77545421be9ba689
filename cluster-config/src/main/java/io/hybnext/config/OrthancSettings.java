package io.hybnext.config;

/**
 * The {@code orthanc} section of reference.conf. The Orthanc server that {@code data.source} names.
 *
 * @param user of the server; empty for none
 * @param passwordFile file that holds the password; empty for none
 * @param tries times that an image is asked for, each failed, before it is put aside
 */
public record OrthancSettings(String user, String passwordFile, int tries) {

  /** Checks every value. */
  public OrthancSettings {
    Rule.between("orthanc.tries", tries, 1, 1000);
  }
}
