/**
 * Kelix: an image tokenizer with N codes a block ({@link io.hybnext.model.kelix.KelixTokNetwork},
 * {@link io.hybnext.model.kelix.KelixTokConfig}). Source: arXiv 2602.09843 and the repository
 * Kuaishou-OneRec/Kelix, as spec/kelix.md tells them; where the two differ, the repository.
 */
package io.hybnext.model.kelix;
