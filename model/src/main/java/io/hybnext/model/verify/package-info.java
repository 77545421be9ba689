/**
 * Recomputes reference cases: folders with a network's weights, inputs, and the outputs, losses,
 * gradients and trajectories that the original implementation gave. Every size comes from the
 * folder's own {@code config.json} and tensors, so any case of a known kind can be checked. Start
 * with {@link io.hybnext.model.verify.Verifier}.
 */
package io.hybnext.model.verify;
