package io.hybnext.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.ops.Hybnext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;

class CommandLineTest {
  @TempDir Path folder;

  private record Run(int exitCode, String out, String err) {}

  private static Run hybnext(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Hybnext.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            arguments);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void shouldLetBashCompleteCommandsAndOptions() throws Exception {
    Run run = hybnext("completion");
    assertEquals(0, run.exitCode, run.err);
    Path script = Files.writeString(folder.resolve("completion"), run.out);
    assertTrue(bash(script, "complete -p hybnext").contains("hybnext"), "is known to the shell");
    assertEquals(List.of("status"), completed(script, "hybnext", "stat"));
    assertEquals(List.of("--check"), completed(script, "hybnext", "status", "--ch"));
    assertEquals(List.of("list"), completed(script, "hybnext", "quarantine", "li"));
  }

  /** What bash offers for the last word, through the function that the script makes known. */
  private static List<String> completed(Path script, String... words) throws Exception {
    String offered =
        bash(
            script,
            "compopt() { :; }; COMP_WORDS=(" // works within an interactive completion only
                + String.join(" ", words)
                + "); COMP_CWORD="
                + (words.length - 1)
                + "; $(complete -p hybnext | sed 's/.*-F \\([^ ]*\\).*/\\1/');"
                + " printf '%s\\n' \"${COMPREPLY[@]}\"");
    return offered.lines().map(String::strip).toList();
  }

  private static String bash(Path script, String commands) throws Exception {
    Process bash;
    try {
      bash =
          new ProcessBuilder(
                  "bash", "--norc", "-c", "source '" + script + "' && { " + commands + "; }")
              .redirectErrorStream(true)
              .start();
    } catch (IOException missing) {
      System.err.println("completion is NOT TESTED: no bash on the PATH; install it");
      return Assumptions.abort("bash is not installed");
    }
    bash.getOutputStream().close();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), said);
    return said;
  }

  @Test
  void shouldShowHelpOfEveryCommand() {
    for (String command :
        List.of("demo", "train", "node", "ingest", "generate", "evaluate", "verify", "doctor")) {
      Run run = hybnext(command, "--help");
      assertEquals(0, run.exitCode, command);
      assertTrue(run.out.contains("hybnext " + command), run.out);
      assertTrue(run.out.contains("--json") && run.out.contains("--debug"), run.out);
    }
    for (String bench : List.of("step", "allreduce", "pipeline", "generate")) {
      assertEquals(0, hybnext("bench", bench, "--help").exitCode, bench);
    }
    assertTrue(hybnext("doctor", "plan", "--help").out.contains("--memory-gib"));
    assertTrue(hybnext("--help").out.contains("doctor"));
    assertFalse(hybnext("--help").out.contains("driver"));
  }

  @Test
  void shouldEndWithTwoOnWrongUsage() {
    Run unknown = hybnext("trian");
    assertEquals(2, unknown.exitCode);
    assertTrue(unknown.err.startsWith("hybnext: Unmatched argument"), unknown.err);
    assertEquals(2, hybnext().exitCode);
    assertEquals(2, hybnext("bench").exitCode);
    assertEquals(1, hybnext("bench").err.lines().count());
  }

  @Test
  void shouldEndWithTwoAndOneSentenceOnWrongSettings() throws IOException {
    Path file = Files.writeString(folder.resolve("a.conf"), "training.stepz = 5\n");
    Run run = hybnext("train", "-c", file.toString());
    assertEquals(2, run.exitCode);
    assertEquals(
        "hybnext: training.stepz = 5 ("
            + file
            + ": 1): there is no such setting; the nearest is training.steps",
        run.err.strip());
    assertEquals(2, hybnext("train", "--set", "trainers.count=0").exitCode);
  }

  @Test
  void shouldRefuseToJoinNobodyAndToDrawFromNoRun() {
    Run node = hybnext("node", "--set", "run.folder=" + folder);
    assertEquals(1, node.exitCode);
    assertTrue(node.err.contains("holds no run.json"), node.err);
    Run generate = hybnext("generate", "--prompt", "x", "--run", folder.toString());
    assertEquals(1, generate.exitCode);
    assertTrue(generate.err.contains("holds no run.json"), generate.err);
    assertEquals(2, hybnext("demo", "--minutes", "0").exitCode);
    assertEquals(2, hybnext("bench", "allreduce", "--trainers", "1").exitCode);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate --prompt x --count 0 | --count 0: want 1 to 10000",
        "verify DIR --threads 0 | --threads 0: want at least 1",
        "tokenizer check DIR --data DIR --threads -2 | --threads -2: want at least 1",
        "tokenizer train --data DIR --settings DIR --out DIR --threads 0 | --threads 0: want",
        "encoder teacher --data DIR --out DIR --threads 0 | --threads 0: want at least 1",
        "encoder teacher --data DIR --out DIR --steps -4 | steps -4: want at least 1",
        "import DIR --out DIR --kind other | --kind other: want one of [llamagen-c2i",
        "import DIR --out DIR --image-size -4 | --image-size -4: want at least 1",
        "export DIR --out DIR --shard-mib 0 | --shard-mib 0: want 1 to ",
        "bench pipeline --passes 0 | --passes 0: want at least 1",
        "bench generate --batch 5000 | --batch 5000: want 1 to 4096",
        "bench encode --batches 0 | --batches 0: want 1 to 10000",
        "bench step --steps 0 | --steps 0: want 1 to 1000000",
        "bench import --width 100 | --width 100: want a multiple of 128",
      })
  void shouldNameTheOptionWhoseValueIsImpossible(String command, String sentence) {
    Run run = hybnext(command.replace("DIR", folder.toString()).split(" "));
    assertEquals(2, run.exitCode, run.err);
    assertTrue(run.err.contains(sentence), run.err);
    assertEquals(1, run.err.lines().count(), run.err);
  }

  @Test
  void shouldTellWhatIsNoCheckpointBeforeAnythingElse() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("a/b"));
    Run run = hybnext("evaluate", "--checkpoint", inner.toString());
    assertEquals(1, run.exitCode);
    assertTrue(run.err.startsWith("hybnext: " + inner + " is no checkpoint of a run; "), run.err);
  }

  @Test
  void shouldRefuseAnOutputFolderThatIsAFileBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("plain"), "x");
    BufferedImage grey = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(grey, "png", folder.resolve("a.png").toFile());
    Files.writeString(
        folder.resolve("manifest.jsonl"),
        "{\"image\": \"a.png\", \"split\": \"train\"}\n{\"image\": \"a.png\", \"split\": \"val\"}\n");
    Run run = hybnext("encoder", "teacher", "--data", folder.toString(), "--out", file.toString());
    assertEquals(1, run.exitCode);
    assertTrue(run.err.startsWith("hybnext: " + file + " exists already"), run.err);
  }

  @Test
  void shouldDescribeEveryCommandInWholeSentences() {
    for (Class<?> command : Hybnext.class.getAnnotation(Command.class).subcommands()) {
      Command said = command.getAnnotation(Command.class);
      String description = String.join("|", said.description());
      assertTrue(said.hidden() || description.matches("[^|]+[.]"), description);
    }
  }

  @Test
  void shouldTellFailureAsLastJsonLine() throws IOException {
    Run run = hybnext("train", "--json", "--set", "training.steps=x");
    JsonNode line = new ObjectMapper().readTree(run.out.lines().toList().get(0));
    assertEquals("failure", line.get("event").asText());
    assertEquals(2, line.get("exit_code").asInt());
    assertTrue(line.get("message").asText().contains("training.steps = x"), run.out);
  }
}
