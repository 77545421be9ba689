/**
 * Trains tokenizers, in one loop. LlamaGen's kind: convolutions by Muon and AdamW on pixel,
 * structural, perceptual and adversarial terms, the codebook as running means of the latents it
 * wins, with a k-means start and revival of dead codes. Every random choice is a function of (seed,
 * step, sample), so a run is the same after any interruption. Read {@link
 * io.hybnext.model.tokenizer.training.TokenizerTrainer} and {@link
 * io.hybnext.model.tokenizer.training.VqTrainer} first.
 */
package io.hybnext.model.tokenizer.training;
