package io.hybnext.model.weights.pickle;

import java.util.List;

/** What a Python name in a pickle stands for here. */
@FunctionalInterface
public interface PickleGlobal {
  /**
   * What calling it gives.
   *
   * @param arguments positional ones; not to be kept
   * @throws PickleException when it cannot be called so
   */
  Object call(List<?> arguments) throws PickleException;
}
