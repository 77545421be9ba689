/**
 * Training of the transformer with the ARRA objective, as a trainer process needs it: {@link
 * io.hybnext.model.training.ArraTraining} gives gradients bucket by bucket and updates chunks; it
 * knows nothing of other trainers. {@link io.hybnext.model.training.TrainingConfig} holds all that
 * decides its numbers. Read {@code ArraTraining} first, then {@code BlockwisePass}.
 */
package io.hybnext.model.training;
