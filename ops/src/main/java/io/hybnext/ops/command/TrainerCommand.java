package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.TrainerOptions;
import io.hybnext.ops.run.TrainerProcess;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trainer}: a child process of a run. */
@Command(name = "trainer", hidden = true, description = "One trainer process, started by a run.")
public final class TrainerCommand extends HybnextCommand {
  @Option(names = "--run", paramLabel = "DIR", required = true, description = "The run's folder.")
  private Path run;

  @Mixin private TrainerOptions trainer;

  @Override
  protected boolean takesSignals() {
    return true; // its run ends it
  }

  @Override
  protected void run() throws InterruptedException {
    TrainerOptions.endWithParent();
    try (TrainerProcess process = new TrainerProcess(new RunFolder(run), trainer.number())) {
      process.train(trainer.name(), trainer.incarnation(), trainer.coordinator());
    }
  }
}
