/**
 * Drawing from checkpoints and measuring them against held-out images: {@link
 * io.hybnext.ops.evaluation.Painter} turns captions into pictures, {@link
 * io.hybnext.ops.evaluation.Evaluator} gives NLL, KID and FID.
 */
package io.hybnext.ops.evaluation;
