package io.hybnext.ops.intake;

import io.hybnext.actors.health.Cause;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.streams.ledger.LedgerDatabase;
import java.util.Optional;

/** Whether the ledger's database answers, where it is a server. */
public final class DatabaseProbe implements HealthProbe {
  private final LedgerDatabase database;

  /** Looks at a server. */
  public DatabaseProbe(LedgerDatabase database) {
    this.database = database;
  }

  @Override
  public String actor() {
    return "database";
  }

  @Override
  public Cause cause() {
    return Cause.DATABASE_LOST;
  }

  @Override
  public Optional<Trouble> look() {
    return database
        .silence()
        .map(
            why ->
                new Trouble(
                    HealthState.DEGRADED,
                    "The ledger's database "
                        + place()
                        + " does not answer: "
                        + why.replaceFirst("\\.$", "")
                        + ".",
                    "Start it, or mend ledger.url; intake and training go on, and it is put right"
                        + " from the store's files when it is back."));
  }

  /** Without what follows the address, which may hold a password. */
  private String place() {
    String url = database.toString();
    int more = url.indexOf('?');
    return more < 0 ? url : url.substring(0, more);
  }
}
