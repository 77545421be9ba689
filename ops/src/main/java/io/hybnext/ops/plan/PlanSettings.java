package io.hybnext.ops.plan;

/**
 * Around the maths: who holds it and with what settings.
 *
 * @param trainers processes, one a GPU
 * @param microshards of a global batch
 * @param cpu whether the device is the CPU
 * @param heapBytes Java heap of a trainer
 */
public record PlanSettings(int trainers, int microshards, boolean cpu, long heapBytes) {}
