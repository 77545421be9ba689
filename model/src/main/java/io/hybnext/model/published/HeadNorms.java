package io.hybnext.model.published;

import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.CheckpointView;
import io.hybnext.model.weights.JoinedCheckpoint;
import io.hybnext.model.weights.MemoryCheckpoint;
import io.hybnext.model.weights.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Norms of a Chameleon's queries and keys with a row for every head, as today's transformers has
 * them, instead of a row a model shard, as ARRA and the original files do (arra.md section 4.4).
 * The network computes the same with both.
 */
public final class HeadNorms {
  private static final Pattern NORM =
      Pattern.compile("(.*\\.self_attn\\.([qk]))_norm\\.(weight|bias)");

  private HeadNorms() {}

  /**
   * The same checkpoint with a row a head; heads of the same shard have equal rows.
   *
   * @param checkpoint owned by the result
   * @throws CheckpointException when it has no such norms, or they do not fit its heads
   */
  public static Checkpoint ofEveryHead(Checkpoint checkpoint) throws IOException {
    List<String> others = new ArrayList<>();
    MemoryCheckpoint norms = new MemoryCheckpoint(checkpoint.path());
    for (String name : checkpoint.names()) {
      Matcher matcher = NORM.matcher(name);
      if (matcher.matches()) {
        spread(checkpoint, name, matcher.group(1) + "_proj.weight", norms);
      } else {
        others.add(name);
      }
    }
    if (norms.names().isEmpty()) {
      throw new CheckpointException(
          checkpoint.path() + " is no Chameleon: it has no norms of queries and keys");
    }
    Checkpoint rest = new CheckpointView(checkpoint, others, Optional.empty());
    return new JoinedCheckpoint(List.of(rest, norms));
  }

  private static void spread(
      Checkpoint checkpoint, String name, String projection, MemoryCheckpoint into)
      throws IOException {
    TensorEntry entry = checkpoint.entry(name);
    long[] shape = entry.shape();
    long channels = shape[shape.length - 1];
    long rows = shape.length == 1 ? 1 : shape[0];
    long width = checkpoint.entry(projection).shape()[0];
    if (shape.length > 2 || channels < 1 || width % (channels * rows) != 0) {
      throw new CheckpointException(
          checkpoint.path() + ": " + entry + " does not fit a projection of width " + width);
    }
    int heads = Math.toIntExact(width / channels);
    TensorEntry spread = TensorEntry.of(name, entry.type(), new long[] {heads, channels});
    ByteBuffer stored = checkpoint.data(name);
    int rowBytes = Math.toIntExact(entry.sizeBytes() / rows);
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(spread.sizeBytes()));
    for (int head = 0; head < heads; head++) {
      int shard = Math.toIntExact(head * rows / heads);
      all.put(stored.slice(stored.position() + shard * rowBytes, rowBytes));
    }
    into.add(spread, all.flip());
  }
}
