package io.hybnext.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.JoinedCheckpoint;
import io.hybnext.model.weights.MemoryCheckpoint;
import io.hybnext.model.weights.TensorEntry;
import io.hybnext.model.weights.TensorType;
import io.hybnext.model.weights.TorchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** All kinds of published checkpoints that this project knows. */
public final class PublishedModels {
  private static final List<PublishedModel> KNOWN =
      List.of(
          new LlamaGenModel(ModelType.C2I),
          new LlamaGenModel(ModelType.T2I),
          new LlamaGenVqModel(),
          new ChameleonVqModel(),
          new ChameleonModel(),
          new QwenModel(),
          new KelixModel(),
          new KelixTokModel(),
          TowerModel.OPEN_CLIP,
          TowerModel.BIOMEDCLIP_PORT,
          TowerModel.CLIP,
          new SamModel(SamKeys.ORIGINAL),
          new SamModel(SamKeys.TRANSFORMERS));

  private PublishedModels() {}

  /** Names of all kinds. */
  public static List<String> kinds() {
    return KNOWN.stream().map(PublishedModel::kind).toList();
  }

  /**
   * Opens a checkpoint of any kind and takes the state dict that its own project takes. The caller
   * closes it.
   *
   * @param kind empty to tell it by the keys
   * @throws IOException when it is damaged, or the disk fails
   */
  public static Checkpoint open(Path path, Optional<String> kind) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(path);
    if (!(checkpoint instanceof TorchFile file)) {
      return checkpoint;
    }
    List<String> preference =
        KNOWN.stream()
            .filter(model -> kind.map(model.kind()::equals).orElse(model.recognises(file.names())))
            .findFirst()
            .map(PublishedModel::stateDicts)
            .orElse(TorchFile.MODEL_FIRST);
    if (preference.equals(TorchFile.MODEL_FIRST)) {
      return file;
    }
    file.close();
    return TorchFile.open(file.path(), preference);
  }

  /**
   * Tells which model a checkpoint holds. Its tensors are not compared yet, see {@link
   * Identified#check}.
   *
   * @param kind empty to tell it by the keys
   * @param hints what the weights do not tell
   * @throws CheckpointException when it is none of the known kinds, or lacks what tells its size
   * @throws IllegalArgumentException when the kind is unknown or given settings are impossible
   */
  public static Identified identify(Checkpoint checkpoint, Optional<String> kind, Hints hints)
      throws CheckpointException {
    PublishedModel model = find(checkpoint, kind);
    return model.identify(new KeyShapes(checkpoint, model.kind()), hints);
  }

  /**
   * Checks that settings which somebody names are read.
   *
   * @param kind empty to tell it by the keys
   * @throws CheckpointException when the checkpoint is none of the known kinds
   * @throws IllegalArgumentException when the kind reads no settings, or not these
   */
  public static void checkRead(Checkpoint checkpoint, Optional<String> kind, JsonNode settings)
      throws CheckpointException {
    PublishedModel model = find(checkpoint, kind);
    if (model.settingsKey().isEmpty()) {
      throw new IllegalArgumentException(
          "weights of kind " + model.kind() + " tell all sizes themselves; leave --config out");
    }
    if (!model.reads(settings)) {
      throw new IllegalArgumentException(
          "the settings that --config names are not those of kind "
              + model.kind()
              + ", which have "
              + model.settingsKey());
    }
  }

  /**
   * What the project of a checkpoint expects a state dict under in a file of {@code torch.save};
   * empty when it stands alone, or the checkpoint is of no known kind.
   */
  public static String torchKey(Checkpoint checkpoint) {
    return KNOWN.stream()
        .filter(model -> model.recognises(checkpoint.names()))
        .findFirst()
        .map(PublishedModel::torchKey)
        .orElse("");
  }

  /**
   * A checkpoint with all that the strict loader of its project asks for.
   *
   * @param checkpoint owned by the result
   */
  public static Checkpoint forItsLoader(Checkpoint checkpoint) throws CheckpointException {
    MemoryCheckpoint added = new MemoryCheckpoint(checkpoint.path());
    KNOWN.stream()
        .filter(model -> model.recognises(checkpoint.names()))
        .findFirst()
        .map(PublishedModel::buffers)
        .orElse(Map.of())
        .forEach(
            (name, shape) -> {
              if (!checkpoint.contains(name)) {
                TensorEntry zeros = TensorEntry.of(name, TensorType.F32, shape);
                added.add(zeros, ByteBuffer.allocate((int) zeros.sizeBytes()));
              }
            });
    return added.names().isEmpty() ? checkpoint : new JoinedCheckpoint(List.of(checkpoint, added));
  }

  private static PublishedModel find(Checkpoint checkpoint, Optional<String> kind)
      throws CheckpointException {
    if (kind.isPresent()) {
      return KNOWN.stream()
          .filter(model -> model.kind().equals(kind.get()))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "kind = " + kind.get() + ": want one of " + kinds()));
    }
    for (PublishedModel model : KNOWN) {
      if (model.recognises(checkpoint.names())) {
        return model;
      }
    }
    String first = checkpoint.names().stream().limit(3).collect(Collectors.joining(", "));
    throw new CheckpointException(
        checkpoint.path()
            + " is no checkpoint of a known kind: it holds "
            + checkpoint.names().size()
            + " tensors such as "
            + first
            + "; known kinds are "
            + String.join(", ", kinds())
            + ", and --kind names one to compare with");
  }
}
