/**
 * Which checkpoint of a run is to be used: measured before it becomes current ({@link
 * io.hybnext.ops.gate.Gate}, in a process of its own that the run starts), chosen or rolled back by
 * a person ({@link io.hybnext.ops.gate.CheckpointChoice}).
 */
package io.hybnext.ops.gate;
