/**
 * The gradient exchange of a training step: direct reduce-scatter along a fixed tree, agreement on
 * norm and losses, all-gather of new weights, over Aeron. Sums are the same bit for bit for any
 * number of members. Read {@link io.hybnext.actors.exchange.StepExchange} first, then {@link
 * io.hybnext.actors.exchange.ReductionTree} and {@link
 * io.hybnext.actors.exchange.AeronStepExchange}.
 */
package io.hybnext.actors.exchange;
