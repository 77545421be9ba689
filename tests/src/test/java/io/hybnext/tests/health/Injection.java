package io.hybnext.tests.health;

import io.hybnext.streams.ledger.PostgresServer;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Jvm;
import io.hybnext.tests.fleet.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Does a fault to a run's real processes, and mends it. */
final class Injection implements AutoCloseable {
  private static final long START_LIMIT_MS = 300_000;
  private static final int HEAP_SECONDS = 12;
  private static final String READER = "batch-read"; // thread of a trainer's batches

  /** Three quarters of the time a process is held still; a machine's slowness looks alike. */
  private static final String SLOWED =
      "while kill -STOP $0 2>&-; do sleep 0.03; kill -CONT $0 || exit; sleep 0.01; done";

  private final FleetRun run;
  private final Fleet fleet;
  private final PostgresServer database;
  private final Words words;
  private final Path log;
  private final Diary diary;
  private final Path agent;
  private final Path incoming;
  private Jvm intake;
  private Mending mending = () -> {};

  /** Takes back what was done. */
  private interface Mending {
    void mend() throws Exception;
  }

  /** For a fleet; the ingestion is started by {@link #startIntake}. */
  Injection(FleetRun run, Fleet fleet, PostgresServer database, Words words, Path log, Diary diary)
      throws IOException {
    this.run = run;
    this.fleet = fleet;
    this.database = database;
    this.words = words;
    this.log = log;
    this.diary = diary;
    agent = InnerFault.jar(run.base());
    incoming = Files.createDirectories(run.base().resolve("incoming"));
  }

  /** Starts an ingestion that follows a folder, and waits until it does. */
  void startIntake() throws Exception {
    CompletableFuture<Void> follows = new CompletableFuture<>();
    intake =
        Jvm.start(
            "intake",
            run.follow(incoming.toString(), List.of("intake.poll=200 ms")),
            log,
            (jvm, line, at) -> {
              diary.note("intake: " + line);
              follows.complete(null);
            });
    follows.get(START_LIMIT_MS, TimeUnit.MILLISECONDS);
  }

  /** Who is to be named. */
  String actor(Ailment ailment, Jvm victim) {
    return switch (ailment) {
      case KILLED_DRIVER -> "media driver";
      case FULL_DISK -> "disk";
      case LOST_DATABASE -> "database";
      case HUNG_INTAKE -> "intake";
      case KILLED_COORDINATOR -> "coordinator";
      default -> victim.name();
    };
  }

  /** Others who suffer from it and may be named, too. */
  List<String> consequences(Ailment ailment) {
    return switch (ailment) {
      case FULL_DISK -> List.of("checkpoints");
      case KILLED_COORDINATOR -> List.of("trainer-0"); // its child ends with it
      default -> List.of();
    };
  }

  /**
   * Does it.
   *
   * @return when, as {@link System#nanoTime}
   */
  long inject(Ailment ailment, Jvm victim) throws Exception {
    long beforeNs = System.nanoTime();
    switch (ailment) {
      case HUNG_TRAINER -> suspend(victim, victim.name());
      case STARVED_TRAINER -> suspend(victim, READER);
      case STOPPED_TRAINER -> {
        victim.stop();
        mending = victim::goOn;
      }
      case SLOW_TRAINER -> slow(victim);
      case FULL_HEAP -> {
        InnerFault.inject(agent, victim.pid(), "fill " + HEAP_SECONDS);
        mending = () -> TimeUnit.SECONDS.sleep(HEAP_SECONDS);
      }
      case KILLED_TRAINER -> victim.kill();
      case KILLED_DRIVER -> Jvm.signal("KILL", words.driver());
      case FULL_DISK -> {
        Path ballast = Sandbox.fill(run.folder(), 8);
        mending = () -> Files.delete(ballast);
      }
      case LOST_DATABASE -> {
        database.stop();
        mending = database::startAgain;
      }
      case HUNG_INTAKE -> {
        intake.stop();
        mending = intake::goOn;
      }
      case KILLED_COORDINATOR -> fleet.leader().orElseThrow().kill();
      case NOT_A_NUMBER -> throw new IllegalArgumentException("a run of its own");
    }
    return beforeNs;
  }

  private void suspend(Jvm victim, String thread) throws IOException {
    InnerFault.inject(agent, victim.pid(), "suspend " + thread);
    mending = () -> InnerFault.inject(agent, victim.pid(), "resume " + thread);
  }

  private void slow(Jvm victim) throws IOException {
    Process duty = new ProcessBuilder("bash", "-c", SLOWED, Long.toString(victim.pid())).start();
    mending =
        () -> {
          duty.destroyForcibly().waitFor();
          victim.goOn();
        };
  }

  /** Takes it back, where it does not end by itself. */
  void mend() throws Exception {
    Mending last = mending;
    mending = () -> {};
    last.mend();
  }

  @Override
  public void close() throws Exception {
    mend();
    intake.kill();
  }
}
