package io.hybnext.model.weights;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Moves whole sets of weights from a file into arrays, after checking the set as a whole. */
public final class WeightLoader {
  private WeightLoader() {}

  /**
   * Checks that a file holds exactly the expected tensors.
   *
   * @param expected shape of each tensor by name
   * @param ignored names that may be there as well, e.g. buffers that the network does not use
   * @throws CheckpointException naming all missing, extra and misshaped tensors at once
   */
  public static void check(Checkpoint file, Map<String, long[]> expected, Set<String> ignored)
      throws CheckpointException {
    List<String> missing = new ArrayList<>();
    List<String> misshaped = new ArrayList<>();
    expected.forEach(
        (name, shape) -> {
          TensorEntry entry = file.entries().get(name);
          if (entry == null) {
            missing.add(name + Arrays.toString(shape));
          } else if (!entry.hasShape(shape)) {
            misshaped.add(
                name + Arrays.toString(entry.shape()) + " instead of " + Arrays.toString(shape));
          }
        });
    List<String> extra = new ArrayList<>(file.names());
    extra.removeAll(expected.keySet());
    extra.removeAll(ignored);
    if (missing.isEmpty() && misshaped.isEmpty() && extra.isEmpty()) {
      return;
    }
    throw new CheckpointException(
        file.path()
            + " does not fit the configured network:"
            + listed(" missing", missing)
            + listed(" extra", extra)
            + listed(" wrong shape", misshaped)
            + " Check that file and settings belong together.");
  }

  private static String listed(String title, List<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    return title + " (" + names.size() + ") " + String.join(", ", names) + ";";
  }

  /**
   * A new array with a tensor's shape and values.
   *
   * @param type its element type, converted from the file's; {@code owner} owns it
   */
  public static Array load(Scope owner, Checkpoint file, String name, ElementType type)
      throws IOException {
    TensorEntry entry = file.entry(name);
    ByteBuffer data = file.data(name);
    boolean mappable = entry.type() != TensorType.BF16 && entry.size() > 0;
    try (Scope work = owner.open("load " + name)) {
      Array read =
          mappable
              ? work.map(data, entry.type().elementType(), entry.shape())
              : work.floats(file.floats(name), entry.shape());
      return CoreKernels.of(owner.engine()).cast(owner, read, type);
    }
  }
}
