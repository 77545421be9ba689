package io.hybnext.ops.wiring;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep.CheckpointPart;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.HostTensor;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies of what one trainer writes: its chunks' moments and, for rank 0, all weights. */
final class ModelCheckpointPart implements CheckpointPart {
  private final int rank;
  private final int worldSize;
  private final List<HostTensor> network = new ArrayList<>();
  private final List<HostTensor> projector = new ArrayList<>();
  private final List<HostTensor> moments = new ArrayList<>();
  private final CheckpointMemory memory;
  private final Optional<AdapterBase> base;

  /**
   * Copies what is due.
   *
   * @param memory gets what copies take back with {@link #close}
   * @param base what adapters were trained on
   */
  ModelCheckpointPart(
      CheckpointMemory memory,
      ArraTraining training,
      BucketLayout layout,
      List<Chunk> owned,
      int rank,
      int worldSize,
      Optional<AdapterBase> base) {
    this.memory = memory;
    this.base = base;
    this.rank = rank;
    this.worldSize = worldSize;
    for (Chunk chunk : owned) {
      int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
      training.moments().tensors(chunk.bucket(), chunk.offset(), length).stream()
          .map(memory::copy)
          .forEach(moments::add);
    }
    if (rank == 0) {
      for (HostTensor tensor : training.tensors()) {
        boolean aligned = CheckpointFiles.isProjector(training.layout(), tensor.name());
        (aligned ? projector : network).add(memory.copy(tensor));
      }
    }
  }

  @Override
  public List<String> write(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    if (rank == 0) {
      write(network, folder, CheckpointFiles.MODEL, names);
      if (!projector.isEmpty()) {
        write(projector, folder, CheckpointFiles.PROJECTOR, names);
      }
    }
    write(moments, folder, CheckpointFiles.optimizer(rank, worldSize), names);
    return names;
  }

  private void write(List<HostTensor> tensors, Path folder, String name, List<String> names)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    base.ifPresent(of -> writer.metadata(AdapterBase.key(), of.name()));
    for (HostTensor tensor : tensors) {
      long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
      writer.add(tensor.name(), TensorType.F32, shape, tensor::data);
    }
    writer.write(folder.resolve(name));
    names.add(name);
  }

  @Override
  public long sizeBytes() {
    return size(network) + size(projector) + size(moments);
  }

  private static long size(List<HostTensor> tensors) {
    return tensors.stream().mapToLong(tensor -> tensor.data().remaining()).sum();
  }

  @Override
  public void close() {
    for (List<HostTensor> copies : List.of(network, projector, moments)) {
      copies.forEach(memory::giveBack);
      copies.clear();
    }
  }
}
