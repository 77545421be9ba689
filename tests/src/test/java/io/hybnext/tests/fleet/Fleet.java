package io.hybnext.tests.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The processes of one run: whoever leads it, others that stand by to lead it, and trainers that
 * joined by themselves. All end with {@link #close}.
 */
public final class Fleet implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long END_SECONDS = 20;
  private static final long NS_PER_MS = 1_000_000;

  /** {@link System#nanoTime} at the beginning of 1970, so to speak. */
  private static final long EPOCH_NS = System.nanoTime() - System.currentTimeMillis() * NS_PER_MS;

  private final FleetRun run;
  private final Path log;
  private final Diary diary;
  private final Commits commits = new Commits();
  private final Commits told = new Commits();
  private final List<Jvm> trainers = new CopyOnWriteArrayList<>();
  private final List<Jvm> coordinators = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  private Jvm leader; // who told the last step
  private int members; // in the last step
  private List<Long> pids = List.of(); // of them, by rank
  private int started;

  /**
   * Creates it; nothing runs yet.
   *
   * @param log standard error of all processes
   */
  public Fleet(FleetRun run, Path log, Diary diary) {
    this.run = run;
    this.log = log;
    this.diary = diary;
  }

  /**
   * Starts the process that leads the run, with trainers of its own.
   *
   * @param steps the last one; 0 for no end
   */
  public Jvm lead(int ownTrainers, long steps) throws IOException {
    Jvm jvm = start("leader-" + started++, run.train(ownTrainers, steps));
    coordinators.add(jvm);
    return jvm;
  }

  /** Starts a process that can take over. */
  public Jvm standBy() throws IOException {
    String name = "standby-" + started++;
    Jvm jvm = start(name, run.node(name, true));
    coordinators.add(jvm);
    return jvm;
  }

  /** Starts a trainer. */
  public Jvm join() throws IOException {
    String name = "node-" + started++;
    Jvm jvm = start(name, run.node(name, false));
    trainers.add(jvm);
    return jvm;
  }

  private Jvm start(String name, List<String> command) throws IOException {
    Jvm jvm = Jvm.start(name, command, log, this::onLine);
    diary.note(jvm + " is started");
    return jvm;
  }

  private void onLine(Jvm from, String line, long atNs) {
    JsonNode event = parse(line);
    String kind = event.path("event").asText();
    if (kind.equals("step")) {
      synchronized (lock) {
        leader = from;
        members = event.path("trainers").size();
        pids = event.path("trainers").findValuesAsText("pid").stream().map(Long::valueOf).toList();
        lock.notifyAll();
      }
      long step = event.path("step").asLong();
      long doneMs = event.path("done_ms").asLong();
      told.add(step, atNs);
      commits.add(step, doneMs == 0 ? atNs : EPOCH_NS + doneMs * NS_PER_MS);
    } else if (!line.isEmpty()) {
      diary.note(from.name() + ": " + event.path("text").asText(line));
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException cut) { // the last line of a process that was killed
      return JSON.createObjectNode();
    }
  }

  /** When steps were committed: when the last member had the result. */
  public Commits commits() {
    return commits;
  }

  /** When the coordinator told of the steps. */
  public Commits told() {
    return told;
  }

  /** Who leads the run; empty when that process is gone and no other has told a step yet. */
  public Optional<Jvm> leader() {
    synchronized (lock) {
      return Optional.ofNullable(leader).filter(Jvm::isAlive);
    }
  }

  /** Trainers that joined by themselves and live, the oldest first. */
  public List<Jvm> trainers() {
    return trainers.stream().filter(Jvm::isAlive).toList();
  }

  /** Whether a process was started to stand by, and lives. */
  public boolean hasStandby() {
    return hasStandby(0);
  }

  /** Whether one does so for at least this time, and can be expected to have joined. */
  public boolean hasStandby(long sinceMs) {
    Optional<Jvm> leads = leader();
    long nowNs = System.nanoTime();
    return coordinators.stream()
        .filter(jvm -> jvm.isAlive() && leads.filter(jvm::equals).isEmpty())
        .anyMatch(jvm -> nowNs - jvm.startedNs() >= sinceMs * 1_000_000);
  }

  /** Number of trainers that took part in the last step. */
  public int members() {
    synchronized (lock) {
      return members;
    }
  }

  /** Numbers of the processes that took part in the last step, by rank. */
  public List<Long> pids() {
    synchronized (lock) {
      return pids;
    }
  }

  /**
   * Waits until this many trainers take part in a step.
   *
   * @throws IOException with a sentence when that does not come in time
   */
  public void awaitMembers(int count, long limitMs) throws IOException, InterruptedException {
    long endNs = System.nanoTime() + limitMs * 1_000_000;
    synchronized (lock) {
      while (members < count) {
        long leftMs = (endNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
          throw new IOException(
              "only " + members + " of " + count + " trainers train after " + limitMs + " ms");
        }
        lock.wait(leftMs);
      }
    }
  }

  /**
   * Waits until a step is told that no more than this many trainers took part in.
   *
   * @throws IOException with a sentence when that does not come in time
   */
  public void awaitMembersAtMost(int count, long limitMs) throws IOException, InterruptedException {
    long endNs = System.nanoTime() + limitMs * 1_000_000;
    synchronized (lock) {
      while (members > count) {
        long leftMs = (endNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
          throw new IOException("more than " + count + " trainers train after " + limitMs + " ms");
        }
        lock.wait(leftMs);
      }
    }
  }

  /** Kills every process. */
  public void killAll() throws InterruptedException {
    List<Jvm> all = new ArrayList<>(coordinators);
    all.addAll(trainers);
    all.forEach(Jvm::kill);
    for (Jvm jvm : all) {
      try {
        jvm.awaitExit(END_SECONDS);
      } catch (IOException stays) {
        diary.note(stays.getMessage());
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    killAll();
  }
}
