package io.hybnext.model.weights.pickle;

import java.util.Optional;

/** Gives meaning to what a pickle refers to beyond plain data. */
public interface PickleHost {
  /**
   * What a name stands for.
   *
   * @return empty to refuse it
   */
  Optional<PickleGlobal> global(String module, String name);

  /**
   * The object outside the pickle that an id stands for.
   *
   * @throws PickleException when there is none
   */
  Object persistent(Object id) throws PickleException;
}
