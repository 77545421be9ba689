package io.hybnext.ops.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.checkpoint.CurrentCheckpoint;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.file.Sha256;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointChoiceTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  @TempDir Path root;
  private RunFolder folder;
  private CheckpointChoice choice;
  private Verdicts verdicts;

  @BeforeEach
  void open() throws IOException {
    folder = new RunFolder(root);
    Files.createDirectories(folder.checkpoints());
    choice = new CheckpointChoice(folder, CLOCK);
    verdicts = new Verdicts(folder.checkpoints());
  }

  private void publish(long step) throws IOException, CheckpointException {
    RunIdentity run = new RunIdentity("run", "settings", "data", "code");
    CheckpointStore store = new CheckpointStore(folder.checkpoints(), run, 2, CLOCK);
    Path partial = Files.createDirectories(folder.checkpoints().resolve(".partial-" + step));
    byte[] content = {1, 2, (byte) step};
    Files.write(partial.resolve("part"), content);
    CheckpointFile file = new CheckpointFile("part", 3, new Sha256().add(content).hex());
    store.publish(partial, step, 4, Map.of("trainer-0", List.of(file)));
  }

  private void judge(long step, boolean accepted, Double nll) throws IOException {
    verdicts.add(
        new Verdict("t", step, accepted, "gate", "measured", nll, null, null, null, null, 1));
  }

  private List<Long> listed() throws IOException {
    return choice.list().stream().map(CheckpointChoice.Listed::step).toList();
  }

  private Path current() throws IOException {
    return new CurrentCheckpoint(folder.checkpoints()).folder().orElseThrow().getFileName();
  }

  @Test
  void shouldKeepTheCurrentCheckpointHoweverManyComeAfterIt() throws Exception {
    publish(10);
    publish(20);
    choice.use(10);
    publish(30);
    publish(40);
    assertEquals(List.of(10L, 30L, 40L), listed());
    choice.use(40);
    publish(50);
    assertEquals(List.of(40L, 50L), listed());
  }

  @Test
  void shouldRollBackToTheNewestThatWasNotRefused() throws Exception {
    publish(10);
    judge(10, true, 5.5);
    choice.use(10);
    publish(20);
    judge(20, false, 9.0);
    publish(30);
    judge(30, true, 5.0);
    choice.use(30);
    assertEquals(List.of(10L, 20L, 30L), listed());
    assertEquals(10, choice.rollBack());
    assertEquals(Path.of("step-00000010"), current());
    assertFalse(verdicts.last().get(30L).accepted());
    assertEquals("operator", verdicts.last().get(30L).by());
    assertEquals(OptionalDouble.of(5.5), verdicts.best(Verdict::nll), "of those still good");
    assertThrows(CommandFailure.class, choice::rollBack, "nothing is before it");
    assertEquals(Path.of("step-00000010"), current());
  }

  @Test
  void shouldRefuseToUseADamagedOrMissingCheckpoint() throws Exception {
    publish(10);
    choice.use(10);
    publish(20);
    Files.write(folder.checkpoints().resolve("step-00000020/part"), new byte[] {9, 9, 9});
    assertThrows(CommandFailure.class, () -> choice.use(20));
    assertThrows(CommandFailure.class, () -> choice.use(70));
    assertEquals(Path.of("step-00000010"), current());
  }

  @Test
  void shouldReadVerdictsBehindALineThatACrashCutShort() throws Exception {
    judge(10, true, 5.0);
    Path file = folder.checkpoints().resolve("verdicts.jsonl");
    Files.writeString(file, "{\"time\":\"t\",\"st", StandardOpenOption.APPEND);
    judge(20, false, 7.0);
    assertEquals(List.of(10L, 20L), List.copyOf(verdicts.last().keySet()));
    assertTrue(verdicts.last().get(10L).accepted());
  }
}
