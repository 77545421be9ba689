package io.hybnext.tests.fleet;

import io.hybnext.tests.process.SampleImages;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * A run of a small network on bundled X-rays: its settings, its files, and the weights of its
 * checkpoints. Runs of one base folder train on the same data and are the same run to the byte,
 * however many trainers they have and whatever happens to these.
 *
 * @param base folder with the data of all runs
 * @param folder of this run
 * @param size what is computed
 * @param more settings, {@code key=value}, for all commands
 */
public record FleetRun(Path base, Path folder, Size size, List<String> more) {
  private static final long NO_END = 100_000;
  private static final long INGEST_SECONDS = 300;

  /** Copies the list. */
  public FleetRun {
    more = List.copyOf(more);
  }

  /** A run with no other settings. */
  public FleetRun(Path base, Path folder, Size size) {
    this(base, folder, size, List.of());
  }

  /**
   * What a run computes.
   *
   * @param depth decoder blocks
   * @param width of the network
   * @param heads of attention
   * @param batch images a step
   * @param microshards parts of a step; so many trainers can take part
   * @param images in the store
   * @param checkpointEvery steps
   * @param heapMib Java heap of trainers
   * @param threads of a trainer's maths
   * @param transport {@code ipc} or {@code udp}
   */
  public record Size(
      int depth,
      int width,
      int heads,
      int batch,
      int microshards,
      int images,
      int checkpointEvery,
      int heapMib,
      int threads,
      String transport) {

    /** Some ten thousand parameters: steps of a few milliseconds a microshard. */
    public static Size small(int microshards, int checkpointEvery, String transport) {
      return new Size(1, 16, 2, microshards, microshards, 48, checkpointEvery, 128, 1, transport);
    }

    /** A hundred million parameters, 1.2 GB of weights and moments; no checkpoint on the way. */
    public static Size large(String transport) {
      return new Size(14, 768, 12, 2, 2, 48, 1_000_000, 512, 2, transport);
    }
  }

  /**
   * Puts the images in the store that all runs of the base folder train on.
   *
   * @throws IOException with a sentence when that fails
   */
  public void ingest(Path log) throws IOException, InterruptedException {
    SampleImages.copy(base.resolve("data"), size.images());
    List<String> command = new ArrayList<>(List.of("ingest", source().toString(), "--json"));
    command.addAll(set(dataSettings()));
    int code = Jvm.start("ingest", command, log, (jvm, line, at) -> {}).awaitExit(INGEST_SECONDS);
    if (code != 0) {
      throw new IOException("the images cannot be ingested, exit code " + code + "; see " + log);
    }
  }

  private Path source() {
    return base.resolve("data").resolve("manifest.jsonl");
  }

  private List<String> dataSettings() {
    List<String> settings = new ArrayList<>(more);
    settings.addAll(
        List.of(
            "data.source=" + source(),
            "data.store=" + store(),
            "data.tokenizer=bundled:tokenizer-f16"));
    return settings;
  }

  /** The store of all runs of the base folder. */
  public Path store() {
    return base.resolve("store");
  }

  /** The command that follows a server and adds what it gets to the store. */
  public List<String> follow(String address, List<String> settings) {
    List<String> all = new ArrayList<>(more);
    all.addAll(
        List.of(
            "data.source=" + address,
            "data.store=" + store(),
            "data.tokenizer=bundled:tokenizer-f16"));
    all.addAll(settings);
    List<String> command = new ArrayList<>(List.of("ingest", "--watch", "--json"));
    command.addAll(set(all));
    return command;
  }

  /**
   * The command that leads the run.
   *
   * @param trainers it starts
   * @param steps the last one; 0 for no end
   */
  List<String> train(int trainers, long steps) {
    List<String> settings = new ArrayList<>(dataSettings());
    settings.addAll(
        List.of(
            "run.folder=" + folder,
            "dashboard.port=-1", // nobody watches, and starting it takes processor time
            "evaluation.samples=0", // nor does anybody want pictures
            "model.depth=" + size.depth(),
            "model.width=" + size.width(),
            "model.heads=" + size.heads(),
            "optimiser.schedule=constant", // so that the number of steps decides nothing
            "optimiser.warmup-steps=2",
            "training.steps=" + (steps == 0 ? NO_END : steps),
            "training.global-batch=" + size.batch(),
            "training.microshards=" + size.microshards(),
            "training.checkpoint-every=" + size.checkpointEvery(),
            "training.checkpoint-keep=3",
            "exchange.transport=" + size.transport(),
            "exchange.term-length=1 MiB",
            "trainers.heap=" + size.heapMib() + " MiB",
            "trainers.threads=" + size.threads(),
            "trainers.count=" + trainers));
    List<String> command = new ArrayList<>(List.of("train", "--json"));
    command.addAll(set(settings));
    return command;
  }

  /** The command that joins the run. */
  List<String> node(String name, boolean standBy) {
    List<String> command = new ArrayList<>(List.of("node", "--json", "--name", name));
    if (standBy) {
      command.add("--coordinator");
    }
    command.addAll(set(List.of("run.folder=" + folder)));
    return command;
  }

  private static List<String> set(List<String> settings) {
    List<String> options = new ArrayList<>();
    settings.forEach(setting -> options.addAll(List.of("--set", setting)));
    return options;
  }

  /** Another run of the same size on the same data. */
  public FleetRun other(String name) {
    return new FleetRun(base, base.resolve(name), size, more);
  }

  /** What was noted of it. */
  public Path journal() {
    return folder.resolve("run.jsonl");
  }

  /** Copies journal and logs out of the run's folder, which may be on a disk of its own. */
  public void keepRecords(Path to) throws IOException {
    Files.createDirectories(to);
    List<Path> files = new ArrayList<>(List.of(journal(), folder.resolve("run.json")));
    Path logs = folder.resolve("logs");
    if (Files.isDirectory(logs)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(logs)) {
        entries.forEach(files::add);
      }
    }
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Number of steps of the newest checkpoint; empty without one. */
  public OptionalLong newestCheckpoint() throws IOException {
    OptionalLong newest = OptionalLong.empty();
    Path checkpoints = folder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return newest;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(checkpoints, "step-????????")) {
      for (Path entry : entries) {
        long step = Long.parseLong(entry.getFileName().toString().substring("step-".length()));
        newest = OptionalLong.of(Math.max(step, newest.orElse(0)));
      }
    }
    return newest;
  }

  /**
   * SHA-256 over the files of a checkpoint that hold weights.
   *
   * @throws IOException when there is no such checkpoint
   */
  public String weights(long steps) throws IOException {
    return weightsIn(folder.resolve(String.format("checkpoints/step-%08d", steps)));
  }

  /**
   * SHA-256 over the files of a checkpoint that hold weights.
   *
   * @throws IOException when there is no such checkpoint
   */
  public static String weightsIn(Path checkpoint) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String name : List.of("model.safetensors", "projector.safetensors")) {
        digest.update(Files.readAllBytes(checkpoint.resolve(name)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException defect) {
      throw new IllegalStateException(defect);
    }
  }
}
