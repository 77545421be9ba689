package io.hybnext.model.training;

/**
 * What a part of the network holds on the device during a microshard, in bytes.
 *
 * @param name of its bucket
 * @param kept from the forward to the backward pass, its output included
 * @param keptToRecompute the same when it is computed again in the backward pass
 * @param peak the most while its own forward and backward run, gradients included
 */
public record LayerMemory(String name, long kept, long keptToRecompute, long peak) {}
