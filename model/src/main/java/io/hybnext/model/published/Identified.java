package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.WeightLoader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a checkpoint was found to hold.
 *
 * @param kind as {@code --kind} names it
 * @param description for people: project, size, variant
 * @param config content of the {@code config.json} that this project reads
 * @param shapes of every tensor that the network needs, by key
 * @param optional keys that a project's own loader wants, but no network needs; kept
 * @param unused keys that such checkpoints also have; left out
 */
public record Identified(
    String kind,
    String description,
    ObjectNode config,
    Map<String, long[]> shapes,
    Set<String> optional,
    Predicate<String> unused) {

  /** Copies map and set. */
  public Identified {
    shapes = new LinkedHashMap<>(shapes);
    optional = Set.copyOf(optional);
  }

  /**
   * Compares keys and shapes with the network's.
   *
   * @return keys to keep, in the checkpoint's order
   * @throws CheckpointException naming all missing, extra and misshaped keys
   */
  public List<String> check(Checkpoint checkpoint) throws CheckpointException {
    Set<String> ignored = new TreeSet<>();
    checkpoint.names().stream()
        .filter(name -> !shapes.containsKey(name))
        .filter(name -> optional.contains(name) || unused.test(name))
        .forEach(ignored::add);
    WeightLoader.check(checkpoint, shapes, ignored);
    return checkpoint.names().stream().filter(this::kept).toList();
  }

  private boolean kept(String name) {
    return shapes.containsKey(name) || optional.contains(name);
  }
}
