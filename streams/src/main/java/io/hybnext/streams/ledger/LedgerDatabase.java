package io.hybnext.streams.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ledger lies: H2 in a file of the store, or PostgreSQL. A connection lives for one piece
 * of work, as an H2 file is open in one process at a time and a server may go and come back; {@link
 * #hold} keeps one for several pieces, as opening a large file takes longer than most work on it.
 */
public final class LedgerDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerDatabase.class);
  private static final String MIGRATIONS = "classpath:io/hybnext/streams/ledger/migration";

  /** The last of the migrations, which {@link #isCurrent} looks for. */
  static final String NEWEST = "2";

  private static final String HISTORY = "flyway_schema_history";
  private static final String ANSWER_S = "2";
  private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final String url;
  private final String user;
  private final String password;
  private boolean migrated;
  private Connection held;
  private int holders;

  /**
   * A database.
   *
   * @param url of JDBC: {@code jdbc:h2:...} or {@code jdbc:postgresql:...}
   * @param user may be empty
   * @param password may be empty; never told
   */
  public LedgerDatabase(String url, String user, String password) {
    this.url = url;
    this.user = user;
    this.password = password;
  }

  /** The database file of a store. */
  public static LedgerDatabase ofStore(Path storeFolder) {
    Path file = storeFolder.toAbsolutePath().resolve("ledger");
    return new LedgerDatabase("jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE", "", "");
  }

  /** Work on a connection, in one transaction. */
  public interface Work<T> {
    /** Does it; what it throws rolls back. */
    T on(Connection connection) throws SQLException;
  }

  /**
   * Keeps the connection that the first piece of work opens for those that follow, until the end of
   * all of them. Other processes wait for an H2 file meanwhile.
   */
  public <T> T hold(Supplier<T> pieces) {
    synchronized (this) {
      holders++;
    }
    try {
      return pieces.get();
    } finally {
      letGo();
    }
  }

  private synchronized void letGo() {
    holders--;
    if (holders == 0) {
      drop();
    }
  }

  private void drop() {
    Connection dropped = held;
    held = null;
    try {
      if (dropped != null) {
        dropped.close();
      }
    } catch (SQLException gone) {
      LOG.debug("{} did not close", url, gone); // what was done is committed
    }
  }

  /**
   * Does work in one transaction. Brings the tables up to date at first.
   *
   * @throws LedgerException when the database cannot be used; nothing of the work is there then
   */
  public synchronized <T> T transaction(Work<T> work) {
    boolean done = false;
    try {
      held = held == null ? connect() : held;
      if (!migrated) {
        if (!isCurrent(held)) {
          migrate();
        }
        migrated = true;
      }
      T result = committed(held, work);
      done = true;
      return result;
    } catch (SQLException | FlywayException failed) {
      throw new LedgerException(
          "The ledger's database "
              + url
              + " cannot be used ("
              + failed.getMessage().lines().findFirst().orElse("")
              + "): start it, or mend ledger.url; the store's files are complete without it.",
          failed);
    } finally {
      if (holders == 0 || !done) {
        drop();
      }
    }
  }

  private static <T> T committed(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T result = work.on(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException failed) {
      try {
        connection.rollback();
      } catch (SQLException gone) {
        failed.addSuppressed(gone);
      }
      throw failed;
    }
  }

  /** Whether it is a server, which can be away; a file is opened for single pieces of work. */
  public boolean isServer() {
    return url.startsWith("jdbc:postgresql:");
  }

  /** Why a server does not answer within some seconds; empty when it does. */
  public Optional<String> silence() {
    Properties wanted = new Properties();
    wanted.setProperty("user", user);
    wanted.setProperty("password", password);
    wanted.setProperty("connectTimeout", ANSWER_S);
    wanted.setProperty("socketTimeout", ANSWER_S);
    try (Connection connection = DriverManager.getConnection(url, wanted)) {
      return connection.isValid(Integer.parseInt(ANSWER_S))
          ? Optional.empty()
          : Optional.of("the connection is dead");
    } catch (SQLException away) {
      return Optional.of(away.getMessage().lines().findFirst().orElse("no reason given"));
    }
  }

  /** Another process may have the file open for a moment. */
  private Connection connect() throws SQLException {
    long startNs = System.nanoTime();
    while (true) {
      try {
        return DriverManager.getConnection(url, user, password);
      } catch (SQLException busy) {
        boolean inUse = busy.getErrorCode() == 90020; // H2: DATABASE_ALREADY_OPEN_1
        if (!inUse || System.nanoTime() - startNs > WAIT_NS) {
          throw busy;
        }
        LockSupport.parkNanos(PAUSE_NS);
      }
    }
  }

  /** Asked first, as Flyway takes seconds of a command's life to find nothing to do. */
  private static boolean isCurrent(Connection connection) throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, HISTORY, null)) {
      if (!tables.next()) {
        return false;
      }
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            "select 1 from \"" + HISTORY + "\" where \"version\" = ? and \"success\"")) {
      query.setString(1, NEWEST);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  private void migrate() {
    Flyway.configure(LedgerDatabase.class.getClassLoader())
        .dataSource(url, user, password)
        .locations(MIGRATIONS)
        .load()
        .migrate();
  }

  @Override
  public String toString() {
    return url;
  }
}
