/**
 * What kernel calls hold in memory, worked out from their operators without running them. {@link
 * io.hybnext.model.memory.Tape} is the notebook that a network writes the operators of its kernels
 * into; {@link io.hybnext.model.memory.CallMemory} is what follows: bytes kept for the backward
 * pass, and the most that forward and backward hold on the way. Networks give their calls as {@link
 * io.hybnext.model.memory.PassMemory}. Read {@code Tape} first.
 */
package io.hybnext.model.memory;
