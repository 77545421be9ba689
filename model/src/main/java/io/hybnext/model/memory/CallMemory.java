package io.hybnext.model.memory;

/**
 * Bytes of one kernel call beside its arguments.
 *
 * @param kept by the graph between forward and backward, the result not counted
 * @param result bytes that the result adds to it; 0 where it is a view of an argument
 * @param forwardPeak the most at any moment of the forward pass with a graph, result included
 * @param plainPeak the most of a forward pass without a graph, result included
 * @param backwardPeak the most at any moment of the backward pass: what is kept, the result, and
 *     gradients, but not the gradient that it starts with
 * @param gradients what is left at the arguments when it ends
 */
public record CallMemory(
    long kept, long result, long forwardPeak, long plainPeak, long backwardPeak, long gradients) {

  /** The most of a forward pass with a graph and the backward pass after it. */
  public long peak() {
    return Math.max(forwardPeak, backwardPeak);
  }
}
