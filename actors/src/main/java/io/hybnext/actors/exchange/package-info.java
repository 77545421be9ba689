/**
 * The gradient exchange of a training step: direct reduce-scatter along a fixed tree, a copy of
 * each sum at the deputy of its owner, agreement on norm and losses, update by both, all-gather of
 * new weights, over Aeron. Sums are the same bit for bit for any number of members. Before the
 * first step of a generation its members settle: they tell what they hold, complete a step that any
 * of them passed the commit point of, and give each other what they lack. Read {@link
 * io.hybnext.actors.exchange.StepExchange} first, then {@link
 * io.hybnext.actors.exchange.ReductionTree}, {@link io.hybnext.actors.exchange.HeldState}, {@link
 * io.hybnext.actors.exchange.ExchangeMachine} and {@link io.hybnext.actors.exchange.SettlePlan}.
 */
package io.hybnext.actors.exchange;
