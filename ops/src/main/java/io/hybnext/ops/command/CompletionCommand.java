package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: a script that lets a shell complete commands and options. */
@Command(
    name = "completion",
    description =
        "Print a script that lets bash and zsh complete commands and options. A shell takes it by"
            + " `source <(ops/hybnext completion)`.")
public final class CompletionCommand extends HybnextCommand {
  @Spec private CommandSpec own;

  @Override
  protected void run() {
    String script = AutoComplete.bash("hybnext", own.root().commandLine());
    if (console().json()) {
      console().result(Map.of("script", script));
    } else {
      console().out().print(script);
      console().out().flush();
    }
  }
}
