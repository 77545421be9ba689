/**
 * The Lumina-mGPT way to write images as tokens of a Chameleon: size tokens, rows, new lines
 * ({@link io.hybnext.model.lumina.ImageGrammar}), prompts and answers ({@link
 * io.hybnext.model.lumina.Conversation}), and drawing with the grammar as a constraint ({@link
 * io.hybnext.model.lumina.LuminaSampler}). Source: arra.md sections 4.2, 4.3 and 8.
 */
package io.hybnext.model.lumina;
