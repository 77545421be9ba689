package io.hybnext.config;

/**
 * The {@code dashboard} section of reference.conf. The operators' page of a run.
 *
 * @param port 0 = any free one; -1 = no page
 * @param host interface that it listens on
 * @param certificates folder with ca.crt, tls.crt and tls.key of this host; empty = no TLS
 * @param tokens file of who may use it; empty = whoever reaches it
 */
public record DashboardSettings(int port, String host, String certificates, String tokens) {

  /** Checks every value. */
  public DashboardSettings {
    Rule.between("dashboard.port", port, -1, 65535);
    Rule.notBlank("dashboard.host", host);
  }

  /** Whether there is a page. */
  public boolean on() {
    return port >= 0;
  }
}
