package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.gate.CheckpointChoice;
import io.hybnext.ops.gate.CheckpointChoice.Listed;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code checkpoint}: which checkpoint of a run is to be used. */
@Command(
    name = "checkpoint",
    description =
        "List a run's checkpoints with what the gate said of them, and choose the one that"
            + " `generate` and `evaluate` take. The run itself goes on as it is.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CheckpointCommand.ListCommand.class,
      CheckpointCommand.UseCommand.class,
      CheckpointCommand.RollbackCommand.class
    })
public final class CheckpointCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command after `checkpoint` is missing");
  }

  /** What the three have in common. */
  abstract static class Choosing extends HybnextCommand {
    @Option(
        names = "--run",
        paramLabel = "DIR",
        defaultValue = "hybnext-demo",
        description = "Folder of a run; default: ${DEFAULT-VALUE}.")
    private Path run;

    final CheckpointChoice choice() {
      RunFolder folder = new RunFolder(run);
      RunFile.read(folder); // or it is none
      return new CheckpointChoice(folder, Clock.systemUTC());
    }
  }

  /** {@code checkpoint list}. */
  @Command(name = "list", description = "List the checkpoints that are kept.")
  static final class ListCommand extends Choosing {
    @Override
    protected void run() throws IOException {
      List<Map<String, Object>> checkpoints =
          choice().list().stream().map(ListCommand::describe).toList();
      if (console().json()) {
        console().result(Map.of("checkpoints", checkpoints));
      } else {
        checkpoints.forEach(one -> console().out().println(line(one)));
      }
    }

    private static Map<String, Object> describe(Listed listed) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("step", listed.step());
      one.put("folder", listed.folder().toString());
      one.put("current", listed.current());
      listed
          .verdict()
          .ifPresent(
              verdict -> {
                one.put("accepted", verdict.accepted());
                one.put("by", verdict.by());
                one.put("reason", verdict.reason());
              });
      return one;
    }

    private static String line(Map<String, Object> one) {
      Object accepted = one.get("accepted");
      String verdict =
          accepted == null ? "not measured" : accepted.equals(true) ? "good" : "refused";
      return String.format(
          "%s %8s  %-12s %s",
          one.get("current").equals(true) ? "*" : " ",
          one.get("step"),
          verdict,
          one.getOrDefault("reason", ""));
    }
  }

  /** {@code checkpoint use}. */
  @Command(name = "use", description = "Make a checkpoint current, whatever the gate said.")
  static final class UseCommand extends Choosing {
    @Parameters(index = "0", paramLabel = "STEP", description = "Number of steps in it.")
    private long step;

    @Override
    protected void run() {
      choice().use(step);
      console().result(Map.of("current", step));
    }
  }

  /** {@code checkpoint rollback}. */
  @Command(
      name = "rollback",
      description = "Refuse the current checkpoint; the last good one before it becomes current.")
  static final class RollbackCommand extends Choosing {
    @Override
    protected void run() {
      console().result(Map.of("current", choice().rollBack()));
    }
  }
}
