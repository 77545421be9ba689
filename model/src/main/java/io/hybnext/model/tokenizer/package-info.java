/**
 * The VQ image tokenizer: a convolutional encoder, a codebook on the unit sphere and a decoder,
 * with the architecture, key names and losses of LlamaGen's VQ-8 and VQ-16. Read {@link
 * io.hybnext.model.tokenizer.VqTokenizer} to use a trained one, {@link
 * io.hybnext.model.tokenizer.VqNetwork} for the maths, {@link
 * io.hybnext.model.tokenizer.training.VqTrainer} to train one.
 */
package io.hybnext.model.tokenizer;
