package io.hybnext.ops.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.gate.Gate;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gate}: a child process of a run. */
@Command(
    name = "gate",
    hidden = true,
    description = "Measure a checkpoint and make it current if it passes; started by a run.")
public final class GateCommand extends HybnextCommand {
  @Mixin private CheckpointOptions choice;

  @Override
  protected boolean takesSignals() {
    return true; // its run ends it
  }

  @Override
  protected void run() throws Exception {
    StopRequest.ignoreInterrupt();
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(ExitCode.FAILED));
    Gate gate = new Gate(choice.runFolder(), Clock.systemUTC());
    String verdict =
        JsonMapper.builder().build().writeValueAsString(gate.judge(choice.checkpoint()));
    console().out().println(verdict);
  }
}
