package io.hybnext.model.tower;

import io.hybnext.gpu.Array;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Weights of a tower on the device, by canonical name.
 *
 * @param arrays owned by the tower's scope
 */
record TowerWeights(Map<String, Array> arrays) {

  /** One parameter. */
  Array get(String name) {
    Array array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return array;
  }

  /** Weights and biases of a block whose norms come first, in the order of its kernel. */
  List<Array> preNormBlock(String prefix) {
    return Stream.of("norm1", "qkv", "out", "norm2", "fc1", "fc2")
        .flatMap(layer -> of(prefix + layer, ".weight", ".bias").stream())
        .toList();
  }

  /** Parameters below a prefix, in this order. */
  List<Array> of(String prefix, String... names) {
    return Stream.of(names).map(name -> get(prefix + name)).toList();
  }
}
