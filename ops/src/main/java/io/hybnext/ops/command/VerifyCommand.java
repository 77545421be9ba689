package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code verify}: compares with reference implementations. */
@Command(name = "verify", description = "Recompute reference cases; exit code 1 beyond tolerance.")
public final class VerifyCommand extends HybnextCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Case folders with config.json, model.safetensors, io.safetensors.")
  private List<Path> cases;

  @Override
  protected void run() {
    throw new CommandFailure("`verify` is not part of this build yet: " + cases);
  }
}
