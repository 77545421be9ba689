/**
 * What the {@code tokenizer} commands do beyond reading options: {@link
 * io.hybnext.ops.tokenizer.ImageCollection} reads the images, {@link
 * io.hybnext.ops.tokenizer.TokenizerTraining} runs the trainer and records how its result was made.
 */
package io.hybnext.ops.tokenizer;
