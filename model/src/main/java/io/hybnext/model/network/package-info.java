/**
 * What the smaller networks (tokenizer, encoders, critics) share. Their parameters lie in one flat
 * fp32 array by a {@link io.hybnext.model.network.FlatLayout}, which comes into being while {@link
 * io.hybnext.model.network.NetworkText} writes the network's kernels; read that class first. {@link
 * io.hybnext.model.network.FlatWeights} moves the array from and to files, {@link
 * io.hybnext.model.network.NetworkFolder} is a trained network on disk.
 */
package io.hybnext.model.network;
