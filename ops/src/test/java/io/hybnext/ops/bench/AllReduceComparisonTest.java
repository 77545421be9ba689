package io.hybnext.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.Encryption;
import io.hybnext.ops.bench.AllReduceBenchmark.Result;
import io.hybnext.ops.bench.AllReduceBenchmark.Settings;
import io.hybnext.ops.bench.AllReduceBenchmark.Transport;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.home.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllReduceComparisonTest {
  @TempDir Path folder;

  private final List<String> asked = new ArrayList<>();
  private double pace = 1;

  /** As slow as the round makes it, twice as slow when sealed, four times when lossy. */
  private Result ours(Settings settings) {
    asked.add(settings.encryption() + " " + settings.loss());
    double sealed = settings.encryption() == Encryption.NEVER ? 1 : 2;
    return new Result(settings, pace * sealed * (settings.loss() > 0 ? 4 : 1), 1, 0);
  }

  private Result gloo(Settings settings) {
    asked.add("gloo");
    return new Result(settings, 3 * pace, 2, 0);
  }

  @Test
  void shouldTakeTurnsAndCompareMediansOfBandwidths() throws Exception {
    Settings settings = Settings.of(4, 64, 20, Transport.UDP);
    AllReduceComparison comparison = new AllReduceComparison(settings, this::ours, this::gloo);
    for (double each : new double[] {1, 50, 2}) { // something else ran in the second round
      pace = each;
      comparison.round();
    }
    assertEquals(List.of("NEVER 0.0", "gloo", "ALWAYS 0.0", "NEVER 0.01"), asked.subList(0, 4));
    assertEquals(12, asked.size());
    Map<String, Object> fields = comparison.fields();
    assertEquals(3, fields.get("rounds"));
    assertEquals(2.0, fields.get("median_s"));
    assertEquals(3.0, (double) fields.get("ratio"), 1e-12);
    assertEquals(0.5, (double) fields.get("sealed_share"), 1e-12);
    assertEquals(0.25, (double) fields.get("lossy_share"), 1e-12);
    assertEquals(2.0, fields.get("gloo_cpu_s"));
  }

  @Test
  void shouldLoseNothingWhereNoDatagramsAreSent() throws Exception {
    Settings settings = Settings.of(2, 64, 20, Transport.IPC);
    AllReduceComparison comparison = new AllReduceComparison(settings, this::ours, this::gloo);
    comparison.round();
    assertEquals(List.of("NEVER 0.0", "gloo", "ALWAYS 0.0"), asked);
    assertFalse(comparison.fields().containsKey("lossy_share"));
  }

  @Test
  void shouldReadWhatTheRivalPrints() throws Exception {
    Result result = rival("echo 0.25 0.5").run(Settings.of(2, 64, 20, Transport.IPC));
    assertEquals(0.25, result.medianSeconds());
    assertEquals(0.5, result.cpuSeconds());
  }

  @Test
  void shouldSayWhyTheRivalCannotBeMeasured() throws Exception {
    Path none = folder.resolve("none");
    String absent = failure(new GlooAllReduce(none, Path.of("program.py")));
    assertTrue(absent.startsWith("--python " + none + ": program.py cannot be run"), absent);
    assertTrue(failure(rival("exit 3")).contains("ended with code 3"));
    assertTrue(failure(rival("echo ready")).contains("printed \"ready\", want two times"));
    String noCheckout =
        assertThrows(CommandFailure.class, () -> GlooAllReduce.of(Home.at(folder), none))
            .getMessage();
    assertTrue(noCheckout.contains("use a checkout"), noCheckout);
  }

  private static String failure(GlooAllReduce gloo) {
    Settings settings = Settings.of(2, 64, 20, Transport.IPC);
    return assertThrows(CommandFailure.class, () -> gloo.run(settings)).getMessage();
  }

  /** A shell with one line takes the place of Python and its program. */
  private GlooAllReduce rival(String line) throws Exception {
    return new GlooAllReduce(
        Path.of("/bin/sh"), Files.writeString(folder.resolve("program.py"), line + "\n"));
  }
}
