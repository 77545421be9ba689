/**
 * Brings published checkpoints in and takes ours out: {@link
 * io.hybnext.ops.weights.CheckpointImport}, {@link io.hybnext.ops.weights.CheckpointExport}.
 */
package io.hybnext.ops.weights;
