/**
 * What all commands share: where output goes ({@link io.hybnext.ops.cli.Console}), how failures are
 * told ({@link io.hybnext.ops.cli.FailureRenderer}), which settings apply ({@link
 * io.hybnext.ops.cli.SettingsOptions}), how Ctrl-C ends work ({@link
 * io.hybnext.ops.cli.StopRequest}) and where log lines go. Read {@code HybnextCommand} first.
 */
package io.hybnext.ops.cli;
