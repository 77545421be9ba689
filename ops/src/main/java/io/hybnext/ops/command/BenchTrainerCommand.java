package io.hybnext.ops.command;

import io.hybnext.ops.bench.BenchTrainer;
import io.hybnext.ops.bench.StepBenchSettings;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.run.TrainerOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bench trainer}: a child process of {@code bench step}. */
@Command(name = "trainer", hidden = true, description = "One trainer process of bench step.")
public final class BenchTrainerCommand extends HybnextCommand {
  @Mixin private TrainerOptions trainer;

  @Parameters(arity = "9", description = "What is measured.")
  private List<String> settings;

  @Override
  protected void run() throws InterruptedException {
    TrainerOptions.endWithParent();
    new BenchTrainer(StepBenchSettings.parse(settings), trainer.number())
        .train(trainer.name(), trainer.incarnation(), trainer.coordinator());
  }
}
