package io.hybnext.ops.wiring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.chameleon.ImageHead;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.lora.AdapterFile;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.HostTensor;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerJson;
import io.hybnext.model.weights.ChangedCheckpoint.RowChange;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointView;
import io.hybnext.model.weights.JoinedCheckpoint;
import io.hybnext.model.weights.MemoryCheckpoint;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.TensorEntry;
import io.hybnext.model.weights.TensorType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run's checkpoint holds under the key names of the original project: the whole network,
 * adapters merged in, with the projector or without.
 *
 * @param config of the run
 * @param folder of the checkpoint
 */
public record TrainedCheckpoint(TrainingConfig config, Path folder) {
  private static final String ARCHITECTURES = "architectures";

  /**
   * The network. Tensors are read, and adapters merged, while they are asked for. The caller closes
   * it.
   *
   * @param projector whether ARRA's projector is part of it, where the run has one
   * @throws IOException with a sentence when a file is missing, damaged, or of another network
   */
  public Checkpoint open(boolean projector) throws IOException {
    List<Checkpoint> parts = new ArrayList<>();
    try {
      if (config.tuning().lora().isEmpty()) {
        parts.add(SafetensorsFile.open(folder.resolve(CheckpointFiles.MODEL)));
      } else {
        merge(parts);
      }
      Path aligned = folder.resolve(CheckpointFiles.PROJECTOR);
      if (projector && Files.exists(aligned)) {
        parts.add(SafetensorsFile.open(aligned));
      }
      return parts.size() == 1 ? parts.get(0) : new JoinedCheckpoint(parts);
    } catch (IOException | RuntimeException damaged) {
      for (Checkpoint part : parts) {
        part.close();
      }
      throw damaged;
    }
  }

  /**
   * The adapters alone; empty when the run trains no adapters. The caller closes their tensors.
   *
   * @throws IOException when the file is missing or damaged
   */
  public Optional<AdapterFile> adapters() throws IOException {
    if (config.tuning().lora().isEmpty()) {
      return Optional.empty();
    }
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(CheckpointFiles.MODEL));
    return Optional.of(new AdapterFile(config.tuning().lora().get(), file));
  }

  /** The network's settings in the original project's form. */
  public ObjectNode settings() throws IOException {
    DecoderConfig network = config.network();
    if (network instanceof ChameleonConfig chameleon) {
      ObjectNode json =
          config.start().isPresent()
              ? SettingsFile.read(new NetworkFolder(config.start().get().folder()).config())
              : ChameleonJson.write(chameleon);
      if (!json.has(ARCHITECTURES)) {
        json.putArray(ARCHITECTURES).add("ChameleonForConditionalGeneration");
      }
      return json;
    } else if (network instanceof NbpConfig kelix) {
      return kelix.toJson();
    }
    return TransformerJson.write((TransformerConfig) network);
  }

  private void merge(List<Checkpoint> parts) throws IOException {
    AdapterBase.of(config).orElseThrow().check(folder.resolve(CheckpointFiles.MODEL));
    if (config.start().isEmpty()) {
      parts.add(mergedInMemory());
      return;
    }
    AdapterFile adapters = adapters().orElseThrow();
    Checkpoint base =
        SafetensorsFile.open(config.start().get().folder().resolve(CheckpointFiles.MODEL));
    try {
      List<String> network =
          base.names().stream().filter(config.network().layout().names()::contains).toList();
      Checkpoint alone = new CheckpointView(base, network, Optional.empty());
      parts.add(adapters.mergedInto(alone, zeroedHead()));
    } catch (IOException | RuntimeException wrong) {
      base.close();
      adapters.tensors().close();
      throw wrong;
    }
  }

  /** Rows that were set to zero before the first step. */
  private Map<String, RowChange> zeroedHead() {
    if (!config.start().orElseThrow().zeroImageHead()) {
      return Map.of();
    }
    ChameleonVocabulary vocabulary = ((ChameleonConfig) config.network()).vocabulary();
    boolean[] zero = new boolean[vocabulary.size()];
    for (int code = 0; code < vocabulary.codes(); code++) {
      zero[vocabulary.idOfCode(code)] = true;
    }
    return Map.of(
        ImageHead.key(),
        (row, first, values) -> {
          if (zero[(int) row]) {
            Arrays.fill(values, 0);
          }
        });
  }

  /** Adapters on a network that no file holds: random weights, drawn again from the run's seed. */
  private Checkpoint mergedInMemory() throws IOException {
    MemoryCheckpoint merged = new MemoryCheckpoint(folder.resolve(CheckpointFiles.MODEL));
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    try (ArraTraining training = new ArraTraining(engine, config)) {
      StartWeights.fillBase(training);
      CheckpointFiles.restoreWeights(training.weights(), folder);
      for (HostTensor tensor : training.mergedTensors()) {
        if (!CheckpointFiles.isProjector(ArraTraining.layout(config), tensor.name())) {
          long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
          TensorEntry entry = TensorEntry.of(tensor.name(), TensorType.F32, shape);
          HostTensor own = tensor.copy();
          merged.add(entry, own.data().order(ByteOrder.LITTLE_ENDIAN));
        }
      }
    }
    return merged;
  }
}
