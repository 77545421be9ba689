package io.hybnext.model.published;

import io.hybnext.model.tower.SamConfig;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.TensorEntry;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes off a checkpoint's keys and shapes. */
final class KeyShapes {
  private final Checkpoint checkpoint;
  private final String kind;

  KeyShapes(Checkpoint checkpoint, String kind) {
    this.checkpoint = checkpoint;
    this.kind = kind;
  }

  Set<String> names() {
    return checkpoint.names();
  }

  boolean has(String key) {
    return checkpoint.contains(key);
  }

  String fileName() {
    return String.valueOf(checkpoint.path().getFileName());
  }

  /** Length of one dimension of a tensor. */
  int length(String key, int dimension) throws CheckpointException {
    TensorEntry entry = checkpoint.entries().get(key);
    if (entry == null) {
      throw defect("lacks " + key + ", which tells its size");
    }
    long[] shape = entry.shape();
    if (dimension >= shape.length || shape[dimension] > Integer.MAX_VALUE) {
      throw defect("has " + entry + " instead of a matrix of usual size");
    }
    return (int) shape[dimension];
  }

  /** Number of dimensions of a tensor; 0 when it is not there. */
  int rank(String key) {
    TensorEntry entry = checkpoint.entries().get(key);
    return entry == null ? 0 : entry.shape().length;
  }

  /** One more than the highest N of the keys {@code PREFIX N . ...}; 0 when there are none. */
  int count(String prefix) {
    Pattern numbered = Pattern.compile(Pattern.quote(prefix) + "(\\d{1,4})\\..*");
    int count = 0;
    for (String name : checkpoint.names()) {
      Matcher matcher = numbered.matcher(name);
      if (matcher.matches()) {
        count = Math.max(count, Integer.parseInt(matcher.group(1)) + 1);
      }
    }
    return count;
  }

  /** Sizes of SAM's image encoder. */
  SamConfig sam(SamKeys keys) throws CheckpointException {
    try {
      return keys.configOf(checkpoint);
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException
        | IllegalArgumentException
        | ArithmeticException
        | ArrayIndexOutOfBoundsException e) {
      throw defect("has sizes that do not fit together: " + e.getMessage());
    }
  }

  CheckpointException defect(String defect) {
    return new CheckpointException(checkpoint.path() + " as " + kind + " " + defect);
  }
}
