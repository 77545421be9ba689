/**
 * A training run as commands see it: its folder ({@link io.hybnext.ops.run.RunFolder}), what every
 * trainer process must know ({@link io.hybnext.ops.run.RunFile}), starting and watching it ({@link
 * io.hybnext.ops.run.TrainService}), its processes on one machine ({@link
 * io.hybnext.ops.run.LocalRun}), and the trainer's side ({@link
 * io.hybnext.ops.run.TrainerProcess}).
 */
package io.hybnext.ops.run;
