/**
 * Qwen3's decoder: grouped keys and values, queries and keys normalised per head, half-split rotary
 * positions, SwiGLU. {@link io.hybnext.model.qwen.QwenConfig} is the plain language model; {@link
 * io.hybnext.model.qwen.QwenBackbone} are the calls that networks built on it share. Source:
 * spec/kelix.md section 6, arXiv 2505.09388.
 */
package io.hybnext.model.qwen;
