package io.hybnext.model.training;

/**
 * Loss terms of a microshard, each the mean over it.
 *
 * @param nll next-token loss, nats a token
 * @param gva 1 - cosine of the alignment, before lambda; 0 when it is off
 * @param zLoss mean squared logarithm of the softmax's sum, before its weight; 0 when it is off
 * @param tokens predicted tokens
 */
public record Loss(double nll, double gva, double zLoss, long tokens) {}
