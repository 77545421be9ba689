package io.hybnext.ops.wiring;

import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.weights.SafetensorsException;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.TensorEntry;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The files of a checkpoint folder: {@code model.safetensors} with the network under LlamaGen's key
 * names, {@code projector.safetensors} with the alignment's, {@code optimizer-RANK-of-SIZE
 * .safetensors} with each trainer's moments.
 */
final class CheckpointFiles {
  static final String MODEL = "model.safetensors";
  static final String PROJECTOR = "projector.safetensors";
  private static final String OPTIMIZERS = "optimizer-*-of-*.safetensors";

  private CheckpointFiles() {}

  static String optimizer(int rank, int worldSize) {
    return String.format("optimizer-%05d-of-%05d.safetensors", rank, worldSize);
  }

  /** Whether a tensor belongs to the alignment rather than the network. */
  static boolean isProjector(ParameterLayout layout, String name) {
    return layout
        .find(name)
        .map(place -> layout.buckets().get(place.bucket()).name().equals(ParameterLayout.PROJECTOR))
        .orElse(false);
  }

  /** Reads network and projector; every tensor must be there with its shape, and no other. */
  static void restoreWeights(ModelWeights weights, Path folder) throws IOException {
    Map<String, long[]> network = new LinkedHashMap<>();
    Map<String, long[]> projector = new LinkedHashMap<>();
    for (Parameter p : weights.parameters()) {
      long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
      (isProjector(weights.layout(), p.name()) ? projector : network).put(p.name(), shape);
    }
    read(weights, folder.resolve(MODEL), network);
    if (!projector.isEmpty()) {
      read(weights, folder.resolve(PROJECTOR), projector);
    }
  }

  private static void read(ModelWeights weights, Path path, Map<String, long[]> expected)
      throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      WeightLoader.check(file, expected, Set.of());
      for (String name : expected.keySet()) {
        weights.set(name, file.floats(name));
      }
    }
  }

  /** Reads the moments of all chunks, whoever owned them. */
  static void restoreMoments(ArraTraining training, Path folder) throws IOException {
    training.moments().clear();
    long elements = 0;
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, OPTIMIZERS)) {
      for (Path part : parts) {
        try (SafetensorsFile file = SafetensorsFile.open(part)) {
          for (String name : file.names()) {
            elements += restoreMoment(training, file, name);
          }
        }
      }
    }
    long wanted =
        2 * training.layout().buckets().stream().mapToLong(ParameterLayout.Bucket::length).sum();
    if (elements != wanted) {
      throw new SafetensorsException(
          folder
              + " holds "
              + elements
              + " numbers of optimiser state, this model has "
              + wanted
              + ": a part is missing, or it is of another model");
    }
  }

  private static long restoreMoment(ArraTraining training, SafetensorsFile file, String name)
      throws IOException {
    String[] place = name.split("/");
    int bucket = place.length == 3 ? bucket(training.layout(), place[1]) : -1;
    TensorEntry entry = file.entry(name);
    boolean mean = place[0].equals("exp_avg");
    if (bucket < 0 || !(mean || place[0].equals("exp_avg_sq")) || !place[2].matches("\\d{1,9}")) {
      throw new SafetensorsException(
          file.path() + ": tensor " + name + " is no optimiser state of this model");
    }
    int length = Math.toIntExact(entry.size());
    var chunk = training.moments().of(bucket, Integer.parseInt(place[2]), length);
    ByteBuffer target = (mean ? chunk.mean() : chunk.square()).duplicate();
    target.clear().put(file.data(name));
    return length;
  }

  private static int bucket(ParameterLayout layout, String name) {
    for (int i = 0; i < layout.buckets().size(); i++) {
      if (layout.buckets().get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
