package io.hybnext.actors.cluster;

/**
 * Where a member of the cluster listens.
 *
 * @param host name or address that the other members reach it by, e.g. {@code 127.0.0.1}
 * @param port TCP port; 0 for any free one
 */
public record Endpoint(String host, int port) {

  /** Checks the port. */
  public Endpoint {
    if (host.isBlank() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "cluster address " + host + ":" + port + ": want a host and a port from 0 to 65535");
    }
  }

  /** Any free port on this machine's loopback interface. */
  public static Endpoint loopback() {
    return new Endpoint("127.0.0.1", 0);
  }

  /**
   * Reads {@code host:port}.
   *
   * @throws IllegalArgumentException with a sentence when it is not of this form
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "cluster address " + text + ": want host:port, e.g. 127.0.0.1:25520");
    }
    return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
