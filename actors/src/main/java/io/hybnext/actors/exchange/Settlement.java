package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import java.util.Optional;

/** What the members of a generation agree on before its first step; the same on all of them. */
public sealed interface Settlement {

  /**
   * Every member has the weights, and every owner the moments, to go on.
   *
   * @param step number of the next step, which is also the number of steps that the state contains
   * @param completed the result of step {@code step - 1} when this member had begun that step, its
   *     {@link StepExchange#finish} did not return, and the settlement completed it; it is given
   *     once
   */
  record GoOn(long step, Optional<StepResult> completed) implements Settlement {}

  /**
   * Some part of the state is nowhere among the members: each restores the generation's checkpoint,
   * or initialises, tells its {@link HeldState} so, and settles again.
   *
   * @param reason what is missing, in a sentence
   */
  record StateLost(String reason) implements Settlement {}
}
