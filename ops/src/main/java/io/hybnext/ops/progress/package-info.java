/**
 * How a long piece of work tells how far it is: {@link io.hybnext.ops.progress.ProgressEvent}s go
 * to one {@link io.hybnext.ops.progress.Progress}, which shows them on a terminal, in plain lines,
 * or as JSON lines.
 */
package io.hybnext.ops.progress;
