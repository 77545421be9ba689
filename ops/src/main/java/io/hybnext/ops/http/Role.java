package io.hybnext.ops.http;

import java.util.Locale;

/** What somebody may do; each role includes those before it. */
public enum Role {
  /** Sees everything but pictures that may show who a patient is. */
  VIEWER,
  /** Also changes the run. */
  OPERATOR;

  /** Whether who has this role may do what {@code needed} may. */
  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }

  /** The role's name in files and on pages. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of a name.
   *
   * @throws IllegalArgumentException with a sentence when there is none
   */
  public static Role of(String key) {
    for (Role role : values()) {
      if (role.key().equals(key)) {
        return role;
      }
    }
    throw new IllegalArgumentException("role " + key + ": want viewer or operator");
  }
}
