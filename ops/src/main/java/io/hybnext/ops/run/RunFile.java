package io.hybnext.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.AtomicFile;
import io.hybnext.file.FileFailure;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.streams.batch.SnapshotId;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;

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
      byte[] content = Files.readAllBytes(folder.runFile());
      checkFields(folder, JSON.readTree(content));
      return JSON.readValue(content, RunFile.class);
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

  private static void checkFields(RunFolder folder, JsonNode file) {
    List<String> known =
        Arrays.stream(RunFile.class.getRecordComponents()).map(RecordComponent::getName).toList();
    file.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new CommandFailure(
                    folder.runFile()
                        + " was written by a newer release: this one does not know its field "
                        + name
                        + "; go on with the release that began the run, or give the run a new"
                        + " folder");
              }
            });
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
