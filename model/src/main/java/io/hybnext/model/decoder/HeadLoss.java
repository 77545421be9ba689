package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;

/**
 * The loss of a batch, alignment left out.
 *
 * @param total what is differentiated, fp32, no dimension; with its graph while recording is on
 * @param nll mean next-token loss, nats a token
 * @param zLoss mean squared logarithm of the softmax's sum, before its weight; 0 when it is off
 */
public record HeadLoss(Array total, double nll, double zLoss) {}
