package io.hybnext.ops.http;

/**
 * Who calls.
 *
 * @param name as the audit log tells it
 * @param role what they may do
 */
public record Principal(String name, Role role) {
  /** Whoever is on this machine, where no tokens are asked for. */
  public static final Principal LOCAL = new Principal("local", Role.OPERATOR);
}
