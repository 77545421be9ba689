package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.fake.FakeRun;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.actors.fake.FakeTrainer;
import io.hybnext.actors.fake.ThreadLauncher;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.ProcessLauncher;
import io.hybnext.actors.launch.TrainerEnvironment;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunOrder;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunReport.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trainers as processes of their own, the real exchange, plain Java maths; processes are killed.
 */
@Timeout(240)
class ProcessRunTest {
  private static final long STEPS = 60;
  private static final long EVERY = 10;

  @TempDir static Path root;
  private static byte[] undisturbed;

  private final Random random = new Random();
  private final List<ProgressEvent> events = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void runUndisturbed() throws Exception {
    Path folder = root.resolve("undisturbed");
    TrainingRun run =
        TrainingRun.start(
            FakeRun.settings(folder, folder.resolve("none"), 1, STEPS, EVERY),
            new ThreadLauncher(
                List.of("trainer-0"), name -> new FakeTrainer(FakeRun.MICROSHARDS, 0)),
            event -> {});
    undisturbed = contents(await(run));
  }

  private static RunReport await(TrainingRun run) throws Exception {
    return run.result().toCompletableFuture().get(200, TimeUnit.SECONDS);
  }

  private static byte[] contents(RunReport report) {
    assertEquals(Outcome.COMPLETED, report.outcome(), report.reason());
    assertEquals(STEPS, report.step());
    return FakeTrainStep.contents(Path.of(report.checkpoint()));
  }

  private RunReport run(String name, ProcessLauncher launcher, Consumer<ProgressEvent> listener)
      throws Exception {
    Path folder = root.resolve(name);
    Path aeron = folder.resolve("aeron");
    int trainers = launcher.trainers().size();
    try (MediaDriverHost driver = MediaDriverHost.launch(aeron)) {
      return await(
          TrainingRun.start(
              FakeRun.settings(folder, aeron, trainers, STEPS, EVERY),
              launcher,
              event -> {
                events.add(event);
                listener.accept(event);
              }));
    }
  }

  private ProcessLauncher launcher(String name, int trainers) {
    return FakeTrainer.launcher(trainers, FakeRun.MICROSHARDS, root.resolve(name).resolve("logs"));
  }

  @Test
  void shouldEndWithTheSameBytesWhenATrainerIsKilled() throws Exception {
    long at = EVERY + random.nextInt((int) (STEPS - 2 * EVERY));
    ProcessLauncher launcher = launcher("killed", 2);
    Consumer<ProgressEvent> killer =
        new Consumer<>() {
          private boolean killed;

          @Override
          public void accept(ProgressEvent event) {
            if (!killed && event instanceof ProgressEvent.StepCommitted step) {
              if (step.report().step() >= at) {
                killed = true;
                launcher.kill("trainer-1", 1); // SIGKILL
              }
            }
          }
        };
    RunReport report = run("killed", launcher, killer);
    String what = "killed at step " + at + ": " + events;
    assertEquals(1, report.restarts(), what);
    assertTrue(report.generations() >= 2, what);
    assertEquals(allSteps(), committed(), what); // none left out, none done again
    assertArrayEquals(undisturbed, contents(report), what);
  }

  private static List<Long> allSteps() {
    return LongStream.range(0, STEPS).boxed().toList();
  }

  private List<Long> committed() {
    return told(ProgressEvent.StepCommitted.class).stream()
        .map(step -> step.report().step())
        .toList();
  }

  private <T extends ProgressEvent> List<T> told(Class<T> kind) {
    synchronized (events) {
      return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
  }

  @Test
  void shouldGoOnWithoutAPausedTrainerAndTakeItInAgain() throws Exception {
    ProcessLauncher launcher = launcher("paused", 3);
    Consumer<ProgressEvent> pauser =
        new Consumer<>() {
          private boolean stopped;

          @Override
          public void accept(ProgressEvent event) {
            if (!stopped && event instanceof ProgressEvent.StepCommitted step) {
              stopped = step.report().step() >= EVERY;
              if (stopped) {
                signal("STOP", launcher.processIds().get("trainer-1"));
              }
            } else if (event instanceof ProgressEvent.TrainerChanged changed
                && changed.state() == ProgressEvent.TrainerState.PAUSED
                && changed.trainer().equals("trainer-1")) {
              signal("CONT", launcher.processIds().get("trainer-1"));
            }
          }
        };
    RunReport report = run("paused", launcher, pauser);
    String what = events.toString();
    assertEquals(0, report.restarts(), what);
    assertTrue(
        told(ProgressEvent.GenerationFormed.class).stream()
            .anyMatch(formed -> !formed.trainers().contains("trainer-1")),
        what);
    assertEquals(allSteps(), committed(), what);
    assertArrayEquals(undisturbed, contents(report), what);
  }

  private static void signal(String name, long process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldLoseNoStepWhenTheCoordinatorIsKilledAndAnotherOneStandsBy() throws Exception {
    Path folder = root.resolve("headless");
    Path aeron = folder.resolve("aeron");
    ProcessLauncher trainers = launcher("headless", 2);
    Process first = fakeRun(folder, "unmanaged");
    try (MediaDriverHost driver = MediaDriverHost.launch(aeron);
        BufferedReader lines = first.inputReader(StandardCharsets.UTF_8)) {
      Endpoint endpoint = Endpoint.parse(await(lines, "listens at ").substring(11));
      TrainingRun second =
          TrainingRun.standBy(
              FakeRun.settings(folder, aeron, 2, STEPS, EVERY),
              List.of(endpoint),
              ExchangeHost.none(),
              events::add);
      for (String trainer : trainers.trainers()) {
        trainers.start(trainer, 1, endpoint.toString(), (name, incarnation, reason) -> {});
      }
      await(lines, "step " + EVERY);
      first.toHandle().destroyForcibly();
      RunReport report = await(second);
      String what = events.toString();
      assertEquals(List.of(), told(ProgressEvent.RolledBack.class), what);
      // Trainers that find it seconds apart, on a busy machine, make it form another generation.
      int adopted = told(ProgressEvent.GenerationAdopted.class).size();
      assertTrue(adopted == 1 || told(ProgressEvent.GenerationFormed.class).size() > 0, what);
      assertArrayEquals(undisturbed, contents(report), what);
    } finally {
      first.destroyForcibly();
      trainers.close();
    }
  }

  @Test
  void shouldSealWhatPassesBetweenHostsCallADrainedOneBackAndEndWithTheSameBytes()
      throws Exception {
    Path folder = root.resolve("hosts");
    List<FakeTrainer.Host> hosts = new ArrayList<>();
    for (String address : List.of("127.0.0.1", "127.0.0.2")) {
      try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName(address))) {
        String endpoint = address + ":" + free.getLocalPort();
        hosts.add(new FakeTrainer.Host(endpoint, folder.resolve(address).toString()));
      }
    }
    ProcessLauncher launcher =
        FakeTrainer.launcher(
            3,
            FakeRun.MICROSHARDS,
            folder.resolve("logs"),
            trainer -> hosts.get(trainer.equals("trainer-2") ? 1 : 0));
    try (MediaDriverHost one = MediaDriverHost.launch(Path.of(hosts.get(0).driver()));
        MediaDriverHost two = MediaDriverHost.launch(Path.of(hosts.get(1).driver()))) {
      CompletableFuture<RunControl> control = new CompletableFuture<>();
      CompletableFuture<List<RunAnswer>> answers = new CompletableFuture<>();
      TrainingRun run =
          TrainingRun.start(
              FakeRun.settings(folder, folder.resolve("none"), 3, STEPS, EVERY),
              launcher,
              event -> {
                events.add(event);
                if (event instanceof ProgressEvent.GenerationSettled of && of.startStep() == 0) {
                  control.thenCompose(ProcessRunTest::drainPaused).thenAccept(answers::complete);
                }
              });
      control.complete(run.control());
      RunReport report = await(run);
      String what = events.toString();
      List<RunAnswer> got = answers.get(20, TimeUnit.SECONDS);
      assertTrue(got.stream().allMatch(RunAnswer::done), got + what);
      assertEquals(allSteps(), committed(), what);
      assertEquals(1, report.restarts(), what);
      List<TrainerState> lives =
          told(ProgressEvent.TrainerChanged.class).stream()
              .filter(of -> of.trainer().equals("trainer-2"))
              .map(ProgressEvent.TrainerChanged::state)
              .filter(of -> of == TrainerState.JOINED || of == TrainerState.LEFT)
              .toList();
      List<TrainerState> twice =
          List.of(TrainerState.JOINED, TrainerState.LEFT, TrainerState.JOINED);
      assertEquals(twice, lives.subList(0, 3), what);
      assertArrayEquals(undisturbed, contents(report), what);
    }
    String journal = Files.readString(folder.resolve("run.jsonl"));
    assertFalse(journal.matches("(?s).*[0-9a-f]{64}.*"), "a key");
  }

  /** While no step is done, so that the run does not end before. */
  private static CompletionStage<List<RunAnswer>> drainPaused(RunControl control) {
    List<RunAnswer> answers = Collections.synchronizedList(new ArrayList<>());
    return control
        .order(new RunOrder.Pause("a machine is looked after"))
        .thenCompose(
            answer -> {
              answers.add(answer);
              return control.order(new RunOrder.Checkpoint());
            })
        .thenCompose(
            answer -> {
              answers.add(answer);
              return control.order(new RunOrder.Drain("trainer-2"));
            })
        .thenCompose(
            answer -> {
              answers.add(answer);
              return control.order(new RunOrder.Recall("trainer-2"));
            })
        .thenCompose(
            answer -> {
              answers.add(answer);
              return control.order(new RunOrder.Resume());
            })
        .thenApply(
            answer -> {
              answers.add(answer);
              return answers;
            });
  }

  private static String await(BufferedReader lines, String start) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("it ended before: " + start);
  }

  private static Process fakeRun(Path folder, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                folder.toString(),
                folder.resolve("aeron").toString(),
                "2",
                Long.toString(STEPS),
                Long.toString(EVERY)));
    arguments.addAll(List.of(more));
    List<String> command =
        FakeTrainer.quickStart(TrainerEnvironment.java(128, FakeRun.class.getName(), arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  void shouldResumeWithTheSameBytesWhenEverythingIsKilledAndACheckpointIsDamaged()
      throws Exception {
    Path folder = root.resolve("all-killed");
    long at = 2 * EVERY + 5 + random.nextInt((int) (STEPS - 4 * EVERY));
    List<Long> trainers = killEverythingAt(folder, at);
    for (long process : trainers) {
      ProcessHandle.of(process).ifPresent(handle -> handle.onExit().join());
    }
    Path newest = newestCheckpoint(folder);
    Path damaged = newest.resolve("part-1-of-2.bin");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);

    RunReport report = run("all-killed", launcher("all-killed", 3), event -> {});
    String what = "killed at step " + at + ": " + events;
    assertTrue(
        events.stream()
            .anyMatch(
                event ->
                    event instanceof ProgressEvent.CheckpointSkipped skipped
                        && skipped.reason().contains(newest.getFileName().toString())),
        what);
    assertArrayEquals(undisturbed, contents(report), what);
  }

  /** Returns the trainers' process ids; they end by themselves when their parent is gone. */
  private static List<Long> killEverythingAt(Path folder, long step) throws Exception {
    Process process = fakeRun(folder);
    List<Long> trainers = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      Pattern joined = Pattern.compile("joined .*process ([0-9]+)");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = joined.matcher(line);
        if (matcher.matches()) {
          trainers.add(Long.parseLong(matcher.group(1)));
        }
        if (line.equals("step " + step)) {
          process.toHandle().destroyForcibly(); // leaves the pipe readable to its end
        }
      }
    }
    assertEquals(128 + 9, process.waitFor());
    assertEquals(2, trainers.size());
    return trainers;
  }

  private static Path newestCheckpoint(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("checkpoints"))) {
      Path newest =
          all.filter(path -> path.getFileName().toString().startsWith("step-"))
              .max(Path::compareTo)
              .orElseThrow();
      assertTrue(!newest.getFileName().toString().equals(CheckpointFolder.name(STEPS)));
      return newest;
    }
  }
}
