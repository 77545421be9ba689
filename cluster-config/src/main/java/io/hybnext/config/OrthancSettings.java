package io.hybnext.config;

/**
 * The {@code orthanc} section of reference.conf. The Orthanc server that {@code data.source} names.
 *
 * @param user of the server; empty for none
 * @param passwordFile file that holds the password; empty for none
 */
public record OrthancSettings(String user, String passwordFile) {}
