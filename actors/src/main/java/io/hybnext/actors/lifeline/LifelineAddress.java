package io.hybnext.actors.lifeline;

/**
 * Where processes connect to.
 *
 * @param host name or address
 * @param port TCP port
 * @param token what a process must know to be listened to
 */
public record LifelineAddress(String host, int port, String token) {

  /** The token is nobody's business. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
