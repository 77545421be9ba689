package io.hybnext.model.network;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;

/**
 * The parameters of one network in training and what AdamW keeps for them: flat fp32 arrays of the
 * layout's length, owned by the scope given. Used by one thread.
 */
public final class FlatParameters {
  private final FlatLayout layout;
  private final Array values;
  private final Array firstMoment;
  private final Array secondMoment;
  private final Array count;

  /**
   * Starts with moments of zero.
   *
   * @param owner of the moments
   * @param values (layout length), changed in place by the optimiser
   */
  public FlatParameters(Scope owner, FlatLayout layout, Array values) {
    this.layout = layout;
    this.values = values;
    firstMoment = owner.zeros(ElementType.FLOAT32, layout.length());
    secondMoment = owner.zeros(ElementType.FLOAT32, layout.length());
    count = owner.zeros(ElementType.FLOAT32, 1);
  }

  /** Names, shapes and places. */
  public FlatLayout layout() {
    return layout;
  }

  /** The weights, (layout length). */
  public Array values() {
    return values;
  }

  /** Running mean of the gradients, (layout length). */
  public Array firstMoment() {
    return firstMoment;
  }

  /** Running mean of the squared gradients, (layout length). */
  public Array secondMoment() {
    return secondMoment;
  }

  /** Updates done, (1). */
  public Array count() {
    return count;
  }

  /** Adds everything to a checkpoint, under names that begin with {@code name}. */
  public void save(String name, SafetensorsWriter writer) {
    writer.floats(name + ".values", values.toFloats(), layout.length());
    writer.floats(name + ".first", firstMoment.toFloats(), layout.length());
    writer.floats(name + ".second", secondMoment.toFloats(), layout.length());
    writer.floats(name + ".count", count.toFloats(), 1);
  }

  /**
   * Goes on from what {@link #save} wrote.
   *
   * @throws IOException when a tensor is missing, damaged or of another length
   */
  public void load(String name, SafetensorsFile file) throws IOException {
    restore(file, name + ".values", values);
    restore(file, name + ".first", firstMoment);
    restore(file, name + ".second", secondMoment);
    restore(file, name + ".count", count);
  }

  /**
   * Copies a tensor of a checkpoint over an array of the same size.
   *
   * @throws IOException when it is missing, damaged or of another length
   */
  public static void restore(SafetensorsFile file, String tensor, Array target) throws IOException {
    float[] saved = file.floats(tensor);
    if (saved.length != target.size()) {
      throw new IOException(
          String.format(
              "%s: %s has %d values, these settings want %d; resume with the settings that the"
                  + " checkpoint was written with",
              file.path(), tensor, saved.length, target.size()));
    }
    try (Scope work = target.scope().open("restore")) {
      CoreKernels.of(work.engine()).copy(target, work.floats(saved, target.shape()));
    }
  }
}
