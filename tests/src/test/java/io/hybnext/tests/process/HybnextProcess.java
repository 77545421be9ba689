package io.hybnext.tests.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.hybnext.actors.exchange.driver.JavaCommand;
import io.hybnext.actors.launch.TrainerEnvironment;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code ops/hybnext} in a process of its own, with the class path of this one. */
public final class HybnextProcess {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_MINUTES = 5;

  private static boolean archiveTried;

  private final Process process;
  private final BufferedReader lines;
  private final List<JsonNode> read = new ArrayList<>();

  /**
   * Starts it.
   *
   * @param errors its standard error is added to this file
   */
  public HybnextProcess(Path errors, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(TrainerEnvironment.java(512, "io.hybnext.ops.Hybnext", arguments));
    command.add(1, "-Dhybnext.home=" + System.getProperty("hybnext.root"));
    startFromWhatTheBuildLeft(command);
    // Whoever started the tests in the background may have left Ctrl-C ignored, which is inherited.
    command.addAll(0, List.of("env", "--default-signal=INT,TERM"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    builder.environment().putAll(TrainerEnvironment.forThreads(1));
    // Short lives: what the second compiler would cost, here and in children, never comes back.
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    process = builder.start();
    lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Where Maven has just built the program's jar, starts it as {@code ops/hybnext} does. */
  private static void startFromWhatTheBuildLeft(List<String> command)
      throws IOException, InterruptedException {
    Path target = Path.of(System.getProperty("hybnext.root"), "ops", "target");
    int position = command.indexOf("-cp") + 1;
    String jar =
        Stream.of(command.get(position).split(File.pathSeparator, -1))
            .filter(entry -> Path.of(entry).startsWith(target) && entry.endsWith(".jar"))
            .findFirst()
            .orElse("");
    if (jar.isEmpty()) {
      return; // the tests run from classes
    }
    Path dependencies = target.resolve("dependencies.classpath");
    command.set(position, jar + File.pathSeparator + Files.readString(dependencies).strip());
    Path archive = archive(target, Path.of(jar));
    if (Files.exists(archive)) {
      command.addAll(1, JavaCommand.withArchive(archive.toString()));
    }
  }

  /** The archive of the jar's classes, written by the first that asks. */
  private static synchronized Path archive(Path target, Path jar)
      throws IOException, InterruptedException {
    Path archive = target.resolve("hybnext.jsa");
    boolean fits =
        Files.exists(archive)
            && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
    if (!fits && !archiveTried) {
      archiveTried = true;
      Path script = target.resolveSibling("class-archive");
      new ProcessBuilder(script.toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start()
          .waitFor();
    }
    return archive;
  }

  /**
   * Starts a command with {@code --json} and settings, without the operators' page.
   *
   * @param command with its options
   * @param settings as {@code key=value}
   */
  public static HybnextProcess withSettings(
      Path errors, List<String> command, List<String> settings)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--json");
    // Nobody watches, and starting the page's server takes processor time.
    arguments.addAll(List.of("--set", "dashboard.port=-1", "--set", "evaluation.samples=0"));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    return new HybnextProcess(errors, arguments);
  }

  /** Reads its events until one has the text; returns it. */
  public JsonNode await(String text) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      read.add(event(line));
      if (line.contains(text)) {
        return read.get(read.size() - 1);
      }
    }
    throw new AssertionError("it ended before " + text + ", code " + process.exitValue());
  }

  private static JsonNode event(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException none) {
      throw new AssertionError("standard output holds a line that is no event: " + line, none);
    }
  }

  /** Numbers of the steps that it told of so far, in order. */
  public List<Long> steps() {
    return read.stream()
        .filter(event -> event.path("event").asText().equals("step"))
        .map(event -> event.path("step").asLong())
        .toList();
  }

  /** Reads its events until a step is committed; returns the number of steps then. */
  public long awaitStep(long step) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode event = event(line);
      read.add(event);
      if (event.path("event").asText().equals("step") && event.path("step").asLong() >= step) {
        return event.path("step").asLong();
      }
    }
    throw new AssertionError("it ended before step " + step + ", code " + process.exitValue());
  }

  /** Reads its events to the end, which must be a good one; returns the last. */
  public JsonNode awaitResult() throws IOException, InterruptedException {
    int code = awaitExit();
    if (code != 0) {
      throw new AssertionError("it ended with code " + code + ": " + last());
    }
    return last();
  }

  /** All events that were read so far, as text. */
  public String told() {
    return read.toString();
  }

  /** Its number. */
  public long pid() {
    return process.pid();
  }

  /** Whether it goes on. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: nothing is tidied up. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends a signal, unless it has ended. */
  public void signal(String name) throws IOException, InterruptedException {
    if (process.isAlive()) {
      signal(name, process.pid());
    }
  }

  /** Sends a signal to any process. */
  public static void signal(String name, long process) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(process)).start().waitFor();
    if (code != 0) {
      throw new AssertionError("kill -" + name + " " + process + " failed");
    }
  }

  /** Reads its events to the end; returns its exit code. */
  public int awaitExit() throws IOException, InterruptedException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      read.add(event(line));
    }
    if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("it did not end");
    }
    return process.exitValue();
  }

  /** The last event read. */
  public JsonNode last() {
    return read.isEmpty() ? MissingNode.getInstance() : read.get(read.size() - 1);
  }

  /** SIGTERM, which asks for a clean end. */
  public void stop() {
    process.toHandle().destroy(); // Process.destroy would close the pipe that is read on
  }
}
