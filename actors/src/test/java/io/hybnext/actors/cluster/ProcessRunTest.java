package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.fake.FakeRun;
import io.hybnext.actors.fake.FakeTrainStep;
import io.hybnext.actors.fake.FakeTrainer;
import io.hybnext.actors.fake.ThreadLauncher;
import io.hybnext.actors.launch.ProcessLauncher;
import io.hybnext.actors.launch.TrainerEnvironment;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunReport.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    assertArrayEquals(undisturbed, contents(report), what);
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
    List<String> command =
        FakeTrainer.quickStart(
            TrainerEnvironment.java(
                128,
                FakeRun.class.getName(),
                List.of(
                    folder.toString(),
                    folder.resolve("aeron").toString(),
                    "2",
                    Long.toString(STEPS),
                    Long.toString(EVERY))));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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
