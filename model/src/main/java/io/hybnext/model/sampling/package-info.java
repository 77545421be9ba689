/**
 * Generation of image tokens, one after the other, with cached keys and values, guidance and
 * filtering as LlamaGen does it. Start with {@link io.hybnext.model.sampling.TokenSampler}.
 */
package io.hybnext.model.sampling;
