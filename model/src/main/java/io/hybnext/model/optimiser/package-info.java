/**
 * What turns gradients into new weights: {@link io.hybnext.model.optimiser.AdamW} on chunks of flat
 * buckets, and the {@link io.hybnext.model.optimiser.LearningRate} by step.
 */
package io.hybnext.model.optimiser;
