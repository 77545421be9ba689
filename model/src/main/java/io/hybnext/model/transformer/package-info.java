/**
 * LlamaGen's transformer, conditional on classes or captions: its sizes ({@link
 * io.hybnext.model.transformer.TransformerConfig}), where its parameters lie ({@link
 * io.hybnext.model.decoder.ParameterLayout}), its weights ({@link
 * io.hybnext.model.decoder.ModelWeights}) and its pieces as kernel calls ({@link
 * io.hybnext.model.transformer.Transformer}, text in {@code transformer.ts}; with derivatives
 * written out for fp32 on the CPU, in {@code gradients.ts}). Read {@code Transformer} first.
 * Source: LlamaGen, autoregressive/models/gpt.py.
 */
package io.hybnext.model.transformer;
