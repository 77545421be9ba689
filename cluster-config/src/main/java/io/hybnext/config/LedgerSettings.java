package io.hybnext.config;

/**
 * The {@code ledger} section of reference.conf. The database that mirrors a store's ledger.
 *
 * @param url of JDBC; empty for a file of the store
 * @param user of the database; may be empty
 * @param passwordFile file that holds the password; empty for none
 */
public record LedgerSettings(String url, String user, String passwordFile) {

  /** Checks every value. */
  public LedgerSettings {
    Rule.check(
        url.isEmpty() || url.startsWith("jdbc:postgresql:") || url.startsWith("jdbc:h2:"),
        "ledger.url",
        url,
        "jdbc:postgresql:... or jdbc:h2:..., or nothing");
  }
}
