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
 * @param config settings that this project reads
 * @param configFile name of their file
 * @param shapes of every tensor that the network needs, by key
 * @param kept keys that a project's own loader wants, but the network does not need
 * @param dropped keys that such checkpoints also have, of no use to anyone
 */
public record Identified(
    String kind,
    String description,
    ObjectNode config,
    String configFile,
    Map<String, long[]> shapes,
    Predicate<String> kept,
    Predicate<String> dropped) {

  /** Name of the settings file that most projects use. */
  public static final String USUAL_CONFIG = "config.json";

  /** Name of open_clip's settings file. */
  public static final String OPEN_CLIP_CONFIG = "open_clip_config.json";

  /** Copies the map. */
  public Identified {
    shapes = new LinkedHashMap<>(shapes);
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
        .filter(name -> kept.test(name) || dropped.test(name))
        .forEach(ignored::add);
    WeightLoader.check(checkpoint, shapes, ignored);
    return checkpoint.names().stream().filter(this::belongs).toList();
  }

  private boolean belongs(String name) {
    return shapes.containsKey(name) || kept.test(name);
  }
}
