/**
 * The checkpoints that other projects published: which model a file holds, told by its keys and
 * shapes, and how those projects want one back. Start with {@link
 * io.hybnext.model.published.PublishedModels}.
 */
package io.hybnext.model.published;
