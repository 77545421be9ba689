package io.hybnext.actors.run;

/** What operators may order while a run goes on; answered by {@link RunAction.Answer}. */
public sealed interface RunOrder {

  /**
   * Begin no further step, in this generation and those that follow, until {@link Resume}. Members
   * stay, and keep what they hold; trainers still come and go.
   *
   * @param reason one sentence for people
   */
  record Pause(String reason) implements RunOrder {}

  /** Go on after {@link Pause}. */
  record Resume() implements RunOrder {}

  /**
   * Let a trainer leave in good order: the others go on between two steps without it, then it ends.
   * It is not started again before {@link Recall}.
   *
   * @param trainer its name
   */
  record Drain(String trainer) implements RunOrder {}

  /**
   * Let a trainer come back that was drained, or given up after it failed too often: one that the
   * run starts itself is started, and takes part again between two steps; one that did not leave
   * yet stays.
   *
   * @param trainer its name
   */
  record Recall(String trainer) implements RunOrder {}

  /** Take a checkpoint between this step and the next. */
  record Checkpoint() implements RunOrder {}
}
