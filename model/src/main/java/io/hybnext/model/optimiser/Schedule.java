package io.hybnext.model.optimiser;

/** Learning rate by step. */
public interface Schedule {

  /**
   * The rate of a step.
   *
   * @param step from 0
   */
  double at(long step);
}
