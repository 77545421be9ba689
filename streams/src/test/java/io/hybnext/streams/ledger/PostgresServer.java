package io.hybnext.streams.ledger;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL server of the machine's own, for one test class, in a folder of its own. */
public final class PostgresServer implements AutoCloseable {
  private static final int TRIES = 3;

  private final Path programs;
  private final Path folder;
  private final int port;

  private PostgresServer(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /** Starts one; empty, and says so, where the machine has none that starts. */
  public static Optional<PostgresServer> start() throws Exception {
    Optional<Path> programs = programs();
    try {
      return programs.isEmpty() ? Optional.empty() : Optional.of(start(programs.get()));
    } catch (IOException | IllegalStateException failed) {
      System.out.println("PostgreSQL does not start here: " + failed.getMessage());
      return Optional.empty();
    }
  }

  private static PostgresServer start(Path programs) throws Exception {
    Path folder = Files.createTempDirectory("hybnext-postgres");
    if (isRoot()) {
      run(folder, List.of("chown", "postgres", folder.toString()), false);
    }
    PostgresServer made = new PostgresServer(programs, folder, freePort());
    made.run("initdb", "-D", made.data(), "-A", "trust", "-U", "hybnext", "-N");
    for (int tried = 1; ; tried++) {
      PostgresServer server = new PostgresServer(programs, folder, freePort());
      try {
        server.startAgain();
        return server;
      } catch (IllegalStateException failed) {
        if (tried == TRIES) {
          throw failed; // others may have taken the port meanwhile, but not each time
        }
      }
    }
  }

  private static Optional<Path> programs() throws IOException {
    Path root = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(root)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(root)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .findFirst();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    run(folder, command, isRoot());
  }

  /** A server refuses to run as root. */
  private static void run(Path folder, List<String> command, boolean asPostgres) throws Exception {
    List<String> all =
        new ArrayList<>(asPostgres ? List.of("runuser", "-u", "postgres", "--") : List.of());
    all.addAll(command);
    Process process =
        new ProcessBuilder(all)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(command + " failed");
    }
  }

  /** Its address, for the user {@code hybnext} without a password. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /** A ledger in it. */
  public LedgerDatabase database() {
    return new LedgerDatabase(url(), "hybnext", "");
  }

  /** Ends it at once, as a crash does. */
  public void stop() throws Exception {
    run("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
  }

  /** Starts it on the same files. */
  public void startAgain() throws Exception {
    String options =
        "-p %d -k %s -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=16MB"
            .formatted(port, folder);
    run(
        "pg_ctl",
        "-D",
        data(),
        "-w",
        "-l",
        folder.resolve("log").toString(),
        "-o",
        options,
        "start");
  }

  @Override
  public void close() throws Exception {
    try {
      stop();
    } catch (IllegalStateException stopped) {
      System.out.println("PostgreSQL was not running at the end: " + stopped.getMessage());
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
