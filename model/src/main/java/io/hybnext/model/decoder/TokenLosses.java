package io.hybnext.model.decoder;

/**
 * Next-token losses of a batch. Arrays are shared, not copied.
 *
 * @param nats of every predicted token
 * @param row of the image grid that each of them lies in, or -1 outside images
 * @param rows of the image grid
 */
public record TokenLosses(float[] nats, int[] row, int rows) {}
