package io.hybnext.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.AtomicFile;
import io.hybnext.file.FileFailure;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/**
 * What makes a folder a run: written once per start, read by every trainer, and by whatever draws
 * from its checkpoints.
 *
 * @param run its identifier; stays for the life of the folder
 * @param settings effective settings, as {@link HybnextSettings#parse} reads them
 * @param snapshot the data it trains on; stays for the life of the folder
 * @param codebookSize of the tokenizer
 * @param tokensPerImage of the tokenizer
 * @param featureDim of the encoder
 */
public record RunFile(
    String run,
    String settings,
    SnapshotId snapshot,
    int codebookSize,
    int tokensPerImage,
    int featureDim) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /**
   * Reads the file of a run.
   *
   * @throws CommandFailure when the folder is no run, or its file is damaged
   */
  public static RunFile read(RunFolder folder) {
    try {
      return JSON.readValue(Files.readAllBytes(folder.runFile()), RunFile.class);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(
          folder.root() + " is no run: it holds no run.json; name the folder of a run", e);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(
          folder.runFile()
              + " is damaged"
              + (e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr())
              + "; restore it, or give the run a new folder",
          e);
    } catch (IOException e) {
      throw new CommandFailure(folder.runFile() + " cannot be read: " + FileFailure.explain(e), e);
    }
  }

  /** Writes the file, replacing the one before as a whole. */
  public void write(RunFolder folder) throws IOException {
    Files.createDirectories(folder.root());
    AtomicFile.write(folder.runFile(), JSON.writeValueAsBytes(this));
  }

  /** The settings, checked. */
  public HybnextSettings effective() {
    return HybnextSettings.parse(settings);
  }

  /** What the maths computes. */
  public TrainingConfig trainingConfig() {
    return new TrainingData(snapshot, codebookSize, tokensPerImage, featureDim).config(effective());
  }
}
