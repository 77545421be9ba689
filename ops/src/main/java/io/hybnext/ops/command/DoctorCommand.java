package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import picocli.CommandLine.Command;

/** {@code doctor}: checks this machine. */
@Command(
    name = "doctor",
    description = "Check this machine: JDK, native libraries, devices, shared memory, assets.")
public final class DoctorCommand extends HybnextCommand {
  @Override
  protected void run() {
    throw new CommandFailure("`doctor` is not part of this build yet");
  }
}
