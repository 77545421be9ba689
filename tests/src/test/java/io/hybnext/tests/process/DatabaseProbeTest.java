package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybnext.actors.health.HealthProbe.Trouble;
import io.hybnext.ops.intake.DatabaseProbe;
import io.hybnext.streams.ledger.LedgerDatabase;
import io.hybnext.streams.ledger.PostgresServer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The health of a database that is a real server; skipped, and said so, without one. */
class DatabaseProbeTest {

  @Test
  void shouldTellOfAServerThatIsAwayUntilItIsBackAndNoPassword() throws Exception {
    Optional<PostgresServer> started = PostgresServer.start();
    if (started.isEmpty()) {
      System.out.println("SKIPPED: the probe of PostgreSQL, as this machine has no server");
    }
    assumeTrue(started.isPresent(), "no PostgreSQL server: install the Debian package postgresql");
    try (PostgresServer server = started.get()) {
      String url = server.url() + "?password=geheim";
      DatabaseProbe probe = new DatabaseProbe(new LedgerDatabase(url, "hybnext", "secret"));
      assertEquals(Optional.empty(), probe.look());
      server.stop();
      Trouble trouble = probe.look().orElseThrow();
      assertTrue(trouble.toString().contains(server.url()), trouble.toString());
      assertFalse(trouble.toString().contains("geheim"), trouble.toString());
      assertFalse(trouble.toString().contains("secret"), trouble.toString());
      server.startAgain();
      assertEquals(Optional.empty(), probe.look());
    }
  }
}
