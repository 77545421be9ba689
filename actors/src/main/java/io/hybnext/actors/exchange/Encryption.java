package io.hybnext.actors.exchange;

/** Which messages of the exchange are sealed. */
public enum Encryption {
  /** Those that leave the host. */
  BETWEEN_HOSTS,
  /** All. */
  ALWAYS,
  /** None: for networks that nobody else can reach. */
  NEVER;

  /** Whose cipher seals on this machine, for display: native code or Java's own. */
  public static String cipher() {
    return MessageSeal.isNative() ? "AES-256-GCM of Conscrypt" : "AES-256-GCM of Java";
  }

  /**
   * The one with a name as settings write it, e.g. {@code between-hosts}.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Encryption parse(String name) {
    for (Encryption each : values()) {
      if (each.name().replace('_', '-').equalsIgnoreCase(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "encryption " + name + ": want between-hosts, always or never");
  }
}
