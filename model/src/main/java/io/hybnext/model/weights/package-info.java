/**
 * Weights in files: safetensors, single or sharded, and what {@code torch.save} wrote, read through
 * memory maps after every figure was checked and without running anything; safetensors are written
 * under a temporary name and renamed when complete. Start with {@link
 * io.hybnext.model.weights.Checkpoint}.
 */
package io.hybnext.model.weights;
