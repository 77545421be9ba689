package io.hybnext.model.decoder;

/**
 * Loss and gradients of the head in one call, by a kernel whose derivative is written out.
 *
 * @param nll mean next-token loss, nats a token; what is differentiated
 * @param gradients at the head's input and of its flat weights
 */
public record HeadRun(double nll, BlockRun.Gradients gradients) {}
