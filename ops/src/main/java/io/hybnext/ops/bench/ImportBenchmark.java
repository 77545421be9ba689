package io.hybnext.ops.bench;

import io.hybnext.file.FileTree;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.home.Machine;
import io.hybnext.ops.weights.CheckpointImport;
import io.hybnext.ops.weights.WeightType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Imports a synthetic checkpoint in the layout of Chameleon-7B and measures time and memory.
 *
 * @param folder for the checkpoint and its import; made when missing, what is written is deleted
 * @param blocks 32 in the published one
 * @param width 4096 in the published one; a multiple of 128
 * @param stored type of the checkpoint
 * @param wanted type of the import
 */
public record ImportBenchmark(
    Path folder, int blocks, int width, WeightType stored, WeightType wanted) {
  private static final int SHARDS = 3; // as Chameleon-7B was released
  private static final double MIB = 1 << 20;

  /** Checks sizes. */
  public ImportBenchmark {
    OptionRange.check("blocks", blocks, 1, 1000);
    if (width < 128 || width % 128 != 0) {
      throw new IllegalArgumentException("--width " + width + ": want a multiple of 128");
    }
  }

  /**
   * Runs once.
   *
   * @return figures by name
   * @throws IOException when the disk fails or is full; what was written is deleted
   */
  public Map<String, Object> run() throws IOException {
    Files.createDirectories(folder);
    Path source = Files.createTempDirectory(folder, "bench-import-");
    try {
      ChameleonConfig config =
          ChameleonConfig.small(
              ChameleonVocabulary.published(), width, 43 * width / 16, blocks, width / 128, 4096);
      long bytes = SyntheticCheckpoint.write(source, config, stored.type(), SHARDS);
      long written = bytes / stored.type().sizeBytes() * wanted.type().sizeBytes();
      if (Files.getFileStore(folder).getUsableSpace() < written) {
        throw new CommandFailure(
            folder + " has no room for " + written / (1 << 20) + " MiB; name another with --dir");
      }
      return measure(source, bytes);
    } finally {
      FileTree.delete(source);
    }
  }

  private Map<String, Object> measure(Path source, long bytes) throws IOException {
    long own = ProcessHandle.current().pid();
    long before = Machine.peakResidentBytes(own);
    long start = System.nanoTime();
    Map<String, Object> imported =
        new CheckpointImport(
                source,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.of(wanted))
            .write(source.resolve("imported"));
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("blocks", blocks);
    result.put("width", width);
    result.put("parameters", imported.get("parameters"));
    result.put("stored", stored.toString());
    result.put("imported", wanted.toString());
    result.put("read_mib", bytes / MIB);
    result.put("written_mib", (long) imported.get("bytes") / MIB);
    result.put("seconds", seconds);
    result.put("read_mib_per_second", bytes / MIB / seconds);
    result.put("peak_rss_before_mib", before / MIB);
    result.put("peak_rss_mib", Machine.peakResidentBytes(own) / MIB);
    return result;
  }
}
