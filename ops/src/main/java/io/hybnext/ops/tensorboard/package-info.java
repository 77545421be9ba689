/**
 * Event files that TensorBoard reads, in the folder {@code tensorboard} of a run: scalars of steps
 * and measured checkpoints, pictures. Read {@link io.hybnext.ops.tensorboard.TensorBoardLog} first.
 */
package io.hybnext.ops.tensorboard;
