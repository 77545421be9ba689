/**
 * Checkpoint folders: written by all trainers, published whole or not at all, verified before use.
 * Read {@link io.hybnext.actors.checkpoint.CheckpointStore} first.
 */
package io.hybnext.actors.checkpoint;
