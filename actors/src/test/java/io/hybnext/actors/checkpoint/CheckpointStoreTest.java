package io.hybnext.actors.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.file.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  private static final RunIdentity IDENTITY = new RunIdentity("run", "settings", "data", "code");

  @TempDir Path root;

  private CheckpointStore store() {
    return new CheckpointStore(root, IDENTITY, 2, Clock.systemUTC());
  }

  private Path publish(long step) throws Exception {
    Path partial = Files.createDirectories(root.resolve(".partial-step-" + step));
    Files.writeString(partial.resolve("a.bin"), "weights of " + step);
    Files.writeString(partial.resolve("b.bin"), "moments of " + step);
    store()
        .publish(
            partial,
            step,
            4,
            Map.of(
                "trainer-0", List.of(CheckpointFile.describe(Disk.LOCAL, partial, "a.bin")),
                "trainer-1", List.of(CheckpointFile.describe(Disk.LOCAL, partial, "b.bin"))));
    return root.resolve(CheckpointFolder.name(step));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void shouldFindNothingWhereThereIsNothing() throws Exception {
    CheckpointStore none =
        new CheckpointStore(root.resolve("missing"), IDENTITY, 2, Clock.systemUTC());
    assertEquals(new CheckpointStore.Newest(0, "", List.of()), none.newest());
  }

  @Test
  void shouldPublishWholeFoldersAndKeepTheNewest() throws Exception {
    publish(100);
    publish(200);
    publish(1200);
    assertEquals(List.of("step-00000200", "step-00001200"), names());
    CheckpointStore.Newest newest = store().newest();
    assertEquals(1200, newest.step());
    CheckpointManifest manifest = CheckpointFolder.verify(Path.of(newest.folder()));
    assertEquals(2, manifest.worldSize());
    assertEquals("data", manifest.dataFingerprint());
    assertEquals(
        List.of("a.bin", "b.bin"), manifest.files().stream().map(CheckpointFile::name).toList());
    assertEquals(64, manifest.files().get(0).sha256().length());
  }

  @Test
  void shouldNameAndSkipADamagedCheckpoint() throws Exception {
    publish(100);
    Path damaged = publish(200);
    Files.writeString(damaged.resolve("b.bin"), "moments of 201");
    CheckpointStore.Newest newest = store().newest();
    assertEquals(100, newest.step());
    assertEquals(
        List.of(
            "checkpoint "
                + damaged
                + " is damaged: b.bin is not what its manifest says (length or SHA-256)"),
        newest.skipped());
  }

  @Test
  void shouldNameEveryKindOfDamage() throws Exception {
    Path folder = publish(100);
    Path manifest = folder.resolve("manifest.json");
    String good = Files.readString(manifest);
    for (String bad :
        List.of(
            "",
            good.substring(0, good.length() / 2),
            "{}",
            "[1]",
            "null",
            "{\"files\":[null]}",
            good.replace("\"step\" : 100", "\"step\" : 101"),
            good.replace("a.bin", "../a.bin"),
            good.replace("a.bin", "a\\u0000.bin"),
            good.replace("a.bin", "c.bin"))) {
      Files.writeString(manifest, bad, StandardCharsets.UTF_8);
      CheckpointException error =
          assertThrows(CheckpointException.class, () -> CheckpointFolder.verify(folder), bad);
      assertTrue(error.getMessage().startsWith("checkpoint " + folder + " is damaged: "), bad);
    }
    Files.delete(manifest);
    assertThrows(CheckpointException.class, () -> CheckpointFolder.verify(folder));
    assertEquals(1, store().newest().skipped().size());
  }

  @Test
  void shouldRefuseACheckpointOfAnotherReleaseInsteadOfPassingItOver() throws Exception {
    publish(100);
    Path newer = publish(200);
    Path manifest = newer.resolve("manifest.json");
    String good = Files.readString(manifest);
    String other = good.replace("\"format\" : 1", "\"format\" : 2, \"layout\" : \"other\"");
    Files.writeString(manifest, other, StandardCharsets.UTF_8);
    CheckpointException error = assertThrows(CheckpointException.class, () -> store().newest());
    assertEquals(
        "checkpoint "
            + newer
            + " has format 2, written by code, and this release reads format 1: go on with the"
            + " release that wrote it, or move the checkpoint away to go on from an older one",
        error.getMessage());
  }

  @Test
  void shouldRefuseACheckpointOfOtherData() throws Exception {
    publish(100);
    CheckpointStore other =
        new CheckpointStore(
            root, new RunIdentity("run", "settings", "more data", "code"), 2, Clock.systemUTC());
    CheckpointException error = assertThrows(CheckpointException.class, other::newest);
    assertTrue(error.getMessage().contains("fingerprint data, now more data"));
  }

  @Test
  void shouldRemoveLeftovers() throws Exception {
    publish(100);
    Files.createDirectories(root.resolve(".partial-step-00000200-g1-a0/x"));
    Files.writeString(root.resolve(".partial-step-00000200-g1-a0/x/part"), "half");
    Files.createDirectories(root.resolve(".old-step-00000050-1"));
    Files.writeString(root.resolve("notes.txt"), "somebody's");
    store().newest();
    assertEquals(List.of("notes.txt", "step-00000100"), names());
  }

  @Test
  void shouldReplaceADamagedCheckpointOfTheSameStep() throws Exception {
    Path folder = publish(100);
    Files.writeString(folder.resolve("a.bin"), "damaged");
    publish(100);
    assertEquals(100, CheckpointFolder.verify(folder).step());
    assertEquals(List.of("step-00000100"), names());
  }

  @Test
  void shouldRefuseTwoFilesOfOneName() throws Exception {
    Path partial = Files.createDirectories(root.resolve(".partial-step-1"));
    Files.writeString(partial.resolve("a.bin"), "x");
    CheckpointFile file = CheckpointFile.describe(Disk.LOCAL, partial, "a.bin");
    Map<String, List<CheckpointFile>> parts =
        Map.of("trainer-0", List.of(file), "trainer-1", List.of(file));
    CheckpointException error =
        assertThrows(CheckpointException.class, () -> store().publish(partial, 1, 4, parts));
    assertTrue(error.getMessage().contains("trainer-1 wrote a.bin"));
  }

  @Test
  void shouldLeaveTheCheckpointsBeforeWhenAPartIsMissing() throws Exception {
    publish(100);
    Path partial = Files.createDirectories(root.resolve(".partial-step-200"));
    Map<String, List<CheckpointFile>> parts =
        Map.of("trainer-0", List.of(new CheckpointFile("gone.bin", 3, "0")));
    CheckpointException error =
        assertThrows(CheckpointException.class, () -> store().publish(partial, 200, 4, parts));
    assertTrue(error.getMessage().contains("there is no "), error.getMessage());
    assertEquals(100, store().newest().step());
    assertFalse(Files.exists(partial));
  }
}
