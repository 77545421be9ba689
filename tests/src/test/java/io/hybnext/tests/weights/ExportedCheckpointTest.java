package io.hybnext.tests.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.hybnext.ops.Hybnext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code export} writes is loaded by PyTorch itself, with its safe loader, and compared with
 * the golden weights. With {@code -Dhybnext.llamagen=DIR}, the root of LlamaGen's sources, LlamaGen
 * also loads it (strictly) and must give the golden logits; where transformers is installed, its
 * classes must. {@code -Dhybnext.python=FILE} names a Python with torch; without one the test is
 * skipped and says so.
 */
class ExportedCheckpointTest {
  private static final Path ROOT = Path.of(System.getProperty("hybnext.root"));
  private static final String PYTHON = System.getProperty("hybnext.python", "python3");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "llamagen-c2i, c2i.pt",
    "llamagen-t2i, t2i.pt",
    "llamagen-vq, vq.ckpt",
    "llamagen-c2i, c2i.safetensors"
  })
  void shouldLoadInTorchWithTheSameNumbers(String name, String file) throws Exception {
    need("torch");
    Path golden = ROOT.resolve("tests/golden").resolve(name);
    Path imported = folder.resolve("imported");
    Path exported = folder.resolve(file);
    hybnext("import", golden.resolve("model.pt").toString(), "--out", imported.toString());
    hybnext("export", imported.toString(), "--out", exported.toString());
    List<String> arguments = new ArrayList<>();
    arguments.add(ROOT.resolve("tests/python/check_export.py").toString());
    arguments.add(exported.toString());
    arguments.add(golden.toString());
    String llamagen = System.getProperty("hybnext.llamagen", "");
    if (llamagen.isEmpty()) {
      System.err.println(
          "NOT CHECKED: LlamaGen's own logits from "
              + file
              + "; give its sources with"
              + " -Dhybnext.llamagen");
    } else {
      arguments.add(llamagen);
    }
    Finished finished = run(arguments.toArray(String[]::new));
    assertEquals(0, finished.exitCode(), finished.output());
  }

  /** Skips loudly. */
  private static void need(String modules) throws InterruptedException {
    if (run("-c", "import " + modules).exitCode() != 0) {
      String lacking = "no " + PYTHON + " with " + modules;
      System.err.println(
          "SKIPPED: "
              + lacking
              + ", so exported checkpoints are not checked in it; name one with -Dhybnext.python");
      abort(lacking);
    }
  }

  /** A folder is what transformers loads: its own classes must give the golden logits. */
  @ParameterizedTest
  @CsvSource({"qwen3-backbone", "encoder-clip-l", "chameleon-arra"})
  void shouldGiveTransformersTheSameLogits(String name) throws Exception {
    need("torch, transformers");
    Path golden = ROOT.resolve("tests/golden").resolve(name);
    Path source = golden.resolve("model.safetensors");
    Path imported = folder.resolve("imported");
    Path exported = folder.resolve("exported");
    hybnext(
        "import",
        source.toString(),
        "--config",
        golden.resolve("config.json").toString(),
        "--out",
        imported.toString());
    List<String> export =
        new ArrayList<>(List.of("export", imported.toString(), "--out", exported.toString()));
    if (name.equals("chameleon-arra")) {
      export.add("--head-norms");
    }
    hybnext(export.toArray(String[]::new));
    Finished finished =
        run(
            ROOT.resolve("tests/python/check_transformers.py").toString(),
            exported.toString(),
            golden.toString());
    assertEquals(0, finished.exitCode(), finished.output());
  }

  private static void hybnext(String... arguments) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(text, true, StandardCharsets.UTF_8);
    int exitCode = Hybnext.run(both, both, false, arguments);
    assertEquals(0, exitCode, text.toString(StandardCharsets.UTF_8));
  }

  private record Finished(int exitCode, String output) {}

  /** Runs Python; a program that is not there counts as one that failed. */
  private static Finished run(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON, "-B"));
    command.addAll(List.of(arguments));
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("OMP_NUM_THREADS", "1");
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
      return new Finished(process.waitFor(), output);
    } catch (IOException absent) {
      return new Finished(-1, absent.getMessage());
    }
  }
}
