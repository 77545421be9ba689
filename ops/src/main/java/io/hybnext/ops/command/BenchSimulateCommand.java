package io.hybnext.ops.command;

import io.hybnext.actors.simulation.Campaign;
import io.hybnext.actors.simulation.Simulation;
import io.hybnext.actors.simulation.Trace;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench simulate}: the protocol of runs, in virtual time and full of faults. */
@Command(
    name = "simulate",
    description = {
      "Whole runs in virtual time: coordinator, trainers, exchange and checkpoints, with processes",
      "that crash, pause, come and go, networks that are cut, disks that fail. Every seed is another",
      "run and always the same one. Weights are compared with those of an undisturbed run. A step",
      "takes 0.5 to 12 s of virtual time, as the seed says, and something goes wrong every 1.5 to",
      "12.5 steps on average; in three of ten runs new items enter."
    })
public final class BenchSimulateCommand extends HybnextCommand {
  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Number of runs; default: ${DEFAULT-VALUE}.")
  private long seeds;

  @Option(
      names = "--from",
      paramLabel = "S",
      defaultValue = "0",
      description = "First seed; default: ${DEFAULT-VALUE}.")
  private long from;

  @Option(
      names = "--days",
      paramLabel = "D",
      defaultValue = "0",
      description =
          "Training time of each run in days; 0 for some minutes with more faults an hour;"
              + " default: ${DEFAULT-VALUE}.")
  private double days;

  @Option(
      names = "--threads",
      paramLabel = "K",
      defaultValue = "2",
      description = "Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--trace",
      description = "Print everything that happens in the run of the first seed, and no other run.")
  private boolean trace;

  @Override
  protected void run() throws InterruptedException {
    Campaign campaign = checked(() -> new Campaign(from, seeds, days, threads));
    if (trace) {
      traceFirst();
      return;
    }
    Campaign.Outcome outcome = campaign.run();
    console().result(fields(outcome));
    if (outcome.violated() > 0) {
      throw new CommandFailure(
          outcome.violated()
              + " of "
              + outcome.seeds()
              + " runs broke a rule; `bench simulate --from SEED --trace` shows one of them");
    }
  }

  private void traceFirst() {
    PrintStream lines = console().json() ? console().err() : console().out();
    Simulation.Result result = new Simulation().run(from, days, new Trace(lines::println));
    if (!result.violation().isEmpty()) {
      throw new CommandFailure("seed " + from + ": " + result.violation());
    }
    console().result(Map.of("seed", from, "steps", result.steps(), "events", result.events()));
  }

  private static Map<String, Object> fields(Campaign.Outcome outcome) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("seeds", outcome.seeds());
    fields.put("violated", outcome.violated());
    fields.put(
        "violations", outcome.violations().stream().map(Simulation.Result::violation).toList());
    fields.put("steps", outcome.steps());
    fields.put("events", outcome.events());
    fields.put("faults", outcome.faults());
    fields.put("virtual_days", outcome.virtualDays());
    fields.put("training_days", outcome.trainingDays());
    fields.put("training_days_an_hour", outcome.trainingDaysAnHour());
    fields.put("training_seconds_a_step", outcome.trainingDays() * 86_400 / outcome.steps());
    fields.put("seconds", outcome.seconds());
    return fields;
  }
}
