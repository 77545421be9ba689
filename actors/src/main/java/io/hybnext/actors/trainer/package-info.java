/**
 * One trainer's own thread: restores, runs steps up to the limit it is given, captures checkpoints.
 * Knows no cluster. Read {@link io.hybnext.actors.trainer.TrainerLoop} first.
 */
package io.hybnext.actors.trainer;
