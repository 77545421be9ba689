package io.hybnext.model.training;

/**
 * Losses on held-out samples: teacher forced, dropout off, every condition kept.
 *
 * @param nll mean next-token loss, nats a token
 * @param nllByRow the same by row of the grid of image tokens; other tokens left out
 * @param gva mean of 1 - cosine, whatever lambda is; NaN when no position is aligned
 * @param tokens predicted tokens
 */
public record Evaluation(double nll, double[] nllByRow, double gva, long tokens) {}
