package io.hybnext.ops.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.ops.gate.Gate;
import java.time.Clock;
import picocli.CommandLine.Command;

/** {@code gate}: a child process of a run. */
@Command(
    name = "gate",
    hidden = true,
    description = "Measure a checkpoint and make it current if it passes; started by a run.")
public final class GateCommand extends CheckpointChildCommand {
  @Override
  String work(CheckpointOptions choice) throws Exception {
    Gate gate = new Gate(choice.runFolder(), Clock.systemUTC());
    return JsonMapper.builder().build().writeValueAsString(gate.judge(choice.checkpoint()));
  }
}
