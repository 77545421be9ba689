package io.hybnext.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutations of sound input are read or refused with one sentence: no crash, no hang, no flood.
 *
 * <p>{@code -Dhybnext.fuzz.mutations=N} cases a reader, or {@code -Dhybnext.fuzz.seconds=N}
 * instead; {@code -Dhybnext.fuzz.seed=N} for others; {@code -Dhybnext.fuzz.only=REGEX} for some
 * readers. Input of findings is left in {@code target/fuzz}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReaderFuzzTest {
  private static final long MUTATIONS = Long.getLong("hybnext.fuzz.mutations", 400);
  private static final long SECONDS = Long.getLong("hybnext.fuzz.seconds", 0);
  private static final long SEED = Long.getLong("hybnext.fuzz.seed", 1);
  private static final String ONLY = System.getProperty("hybnext.fuzz.only", ".*");

  @TempDir static Path folder;

  private FuzzTargets targets;

  @BeforeAll
  void start() throws IOException {
    targets = new FuzzTargets(folder);
  }

  @AfterAll
  void stop() {
    targets.close();
  }

  Stream<FuzzTarget> targets() throws IOException {
    List<FuzzTarget> all = targets.all();
    return all.stream().filter(target -> target.name().matches(ONLY));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void shouldReadOrRefuseEveryMutation(FuzzTarget target) throws Exception {
    for (byte[] sound : target.sound()) {
      target.reader().read(sound);
    }
    FuzzRun run = new FuzzRun(target, Path.of("target/fuzz"));
    long startNs = System.nanoTime();
    Map<String, String> findings = run.run(SEED, MUTATIONS, SECONDS);
    double seconds = (System.nanoTime() - startNs) / 1e9;
    System.out.printf(
        "fuzz %s: %d read, %d refused, %.0f/s, findings %s%n",
        target, run.read(), run.refused(), (run.read() + run.refused()) / seconds, findings);
    assertEquals(Map.of(), findings);
    assertTrue(
        run.refused() > 0 && run.read() > 0, run.read() + " read, " + run.refused() + " refused");
  }
}
