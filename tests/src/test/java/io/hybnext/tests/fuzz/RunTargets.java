package io.hybnext.tests.fuzz;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of a run's folder. */
final class RunTargets {
  private static final SnapshotId SNAPSHOT = new SnapshotId("t", "e", List.of("train"), 1, 3, "f");

  private final Path run;

  RunTargets(Path root, Path folder) {
    run = folder.resolve("run");
  }

  List<FuzzTarget> all() throws IOException {
    return List.of(manifest(), journal(), runFile());
  }

  private FuzzTarget manifest() throws IOException {
    Path checkpoint = Files.createDirectories(run.resolve("checkpoints/step-00000012"));
    Files.writeString(checkpoint.resolve("model.safetensors"), "abc");
    String sound =
        "{\"format\":1,\"run\":\"r\",\"step\":12,\"worldSize\":2,\"microshards\":8,"
            + "\"settingsFingerprint\":\"s\",\"dataFingerprint\":\"d\",\"codeVersion\":\"c\","
            + "\"createdAt\":\"2026-01-01T00:00:00Z\",\"files\":[{\"name\":\"model.safetensors\","
            + "\"sizeBytes\":3,\"sha256\":"
            + "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}";
    return FuzzTarget.of(
        "checkpoint manifest",
        List.of(sound.getBytes(StandardCharsets.UTF_8)),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(checkpoint.resolve("manifest.json"), input);
          CheckpointFolder.verify(checkpoint);
        },
        List.of(CheckpointException.class));
  }

  private FuzzTarget journal() {
    Path file = run.resolve("run.jsonl");
    String sound =
        "{\"time\":\"2026-01-01T00:00:00Z\",\"kind\":\"generation-formed\",\"generation\":1}\n"
            + "{\"time\":\"2026-01-01T00:00:01Z\",\"kind\":\"step\",\"step\":10,\"nll\":6.5}\n";
    return FuzzTarget.of(
        "journal",
        List.of(sound.getBytes(StandardCharsets.UTF_8)),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(file, input);
          RunJournal.read(file);
        },
        List.of(IOException.class));
  }

  private FuzzTarget runFile() throws IOException {
    RunFolder folder = new RunFolder(run);
    new RunFile("r", "training.steps = 10", SNAPSHOT, 1024, 64, 128).write(folder);
    return FuzzTarget.of(
        "run.json",
        List.of(Files.readAllBytes(folder.runFile())),
        FuzzTarget.JSON_WORDS,
        input -> {
          Files.write(folder.runFile(), input);
          RunFile.read(folder);
        },
        List.of(CommandFailure.class));
  }
}
