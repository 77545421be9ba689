package io.hybnext.streams.batch;

/**
 * One item as training sees it. Arrays are shared with the store: do not write to them.
 *
 * @param item number of the item in the data snapshot
 * @param tokens codebook indices in raster order
 * @param caption the prompt
 * @param feature global feature of the target image, f_GF
 */
public record Sample(long item, int[] tokens, String caption, float[] feature) {}
