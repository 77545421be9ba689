/**
 * Texts to token ids and back by the file {@code tokenizer.json} that released models bring,
 * through Hugging Face's tokenizers library: {@link io.hybnext.model.text.TextTokenizer}.
 */
package io.hybnext.model.text;
