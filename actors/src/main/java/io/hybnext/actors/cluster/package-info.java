/**
 * The run as a Pekko cluster: one coordinator, one process a trainer, typed messages between them.
 *
 * <p>The process that owns the run calls {@link io.hybnext.actors.cluster.TrainingRun#start} with
 * its settings, a launcher for the trainer processes, and a listener for progress; it gets a handle
 * with the run's result and {@code requestStop}. A trainer process calls {@link
 * io.hybnext.actors.cluster.TrainerNode#run} with the coordinator's address and a {@link
 * io.hybnext.actors.trainer.TrainerFactory}; the call returns when the run is over. Read these two
 * first, then {@link io.hybnext.actors.cluster.Coordinator}, which drives {@link
 * io.hybnext.actors.run.RunState}.
 */
package io.hybnext.actors.cluster;
