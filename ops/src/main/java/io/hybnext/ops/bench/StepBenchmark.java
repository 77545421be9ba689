package io.hybnext.ops.bench;

import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.StepCommitted;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.file.TemporaryFolder;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.home.Machine;
import io.hybnext.ops.run.LocalRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Measures training steps as a run does them: trainer processes in a cluster, forward, backward,
 * exchange, update. A microshard a trainer, so that a trainer's batch is one forward and backward.
 */
public final class StepBenchmark {
  private static final int HEAP_MIB = 512;

  private final StepBenchSettings settings;
  private final List<StepCommitted> steps = new ArrayList<>();
  private final List<Long> arrivalsNs = new ArrayList<>();
  private long peakResidentBytes;
  private LocalRun local;

  /** A benchmark; runs once. */
  public StepBenchmark(StepBenchSettings settings) {
    this.settings = settings;
  }

  /**
   * Runs it.
   *
   * @return the fields of the result, in order
   * @throws CommandFailure with a sentence when the trainers fail
   */
  public Map<String, Object> run() throws IOException, InterruptedException {
    String run = UUID.randomUUID().toString();
    Path aeron = LocalRun.aeronFolder(run);
    List<String> trainer = new ArrayList<>(List.of("bench", "trainer"));
    trainer.addAll(settings.arguments());
    try (TemporaryFolder folder = TemporaryFolder.create("hybnext-bench")) {
      local = new LocalRun(resources(), trainer, aeron, folder.path().resolve("logs"));
      RunReport report =
          local.run(runSettings(run, folder.path(), aeron), () -> {}, this::onEvent, running -> {});
      if (report.outcome() != RunReport.Outcome.COMPLETED) {
        throw new CommandFailure("the benchmark's run failed: " + report.reason());
      }
      return result();
    }
  }

  private LocalRun.Resources resources() {
    return new LocalRun.Resources(settings.trainers(), settings.threads(), HEAP_MIB);
  }

  private TrainingRunSettings runSettings(String run, Path folder, Path aeron) {
    long total = (long) StepBenchSettings.WARM_UP + settings.steps();
    RunPlan plan =
        new RunPlan(
            settings.trainers(),
            settings.trainers(),
            settings.trainers(),
            total,
            0,
            1,
            folder.resolve("checkpoints").toString(),
            aeron.toString(),
            "aeron:ipc");
    RunIdentity identity = new RunIdentity(run, "bench", "random", "");
    return new TrainingRunSettings(
        new RunSettings(identity, plan, RunLimits.DEFAULTS),
        Endpoint.loopback(),
        folder.resolve("run.jsonl"),
        total);
  }

  private void onEvent(ProgressEvent event) {
    if (event instanceof StepCommitted step) {
      arrivalsNs.add(System.nanoTime());
      steps.add(step);
      peakResidentBytes = Math.max(peakResidentBytes, residentBytes());
    }
  }

  /** High-water marks of the trainers' resident memory, summed; 0 where they are unknown. */
  private long residentBytes() {
    return local.processIds().values().stream().mapToLong(Machine::peakResidentBytes).sum();
  }

  private Map<String, Object> result() {
    int first = StepBenchSettings.WARM_UP;
    double seconds = (arrivalsNs.get(arrivalsNs.size() - 1) - arrivalsNs.get(first - 1)) / 1e9;
    long tokensPerStep = steps.get(first).report().tokens();
    double[] stepMs =
        steps.stream().skip(first).mapToDouble(s -> s.report().stepNs() / 1e6).sorted().toArray();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("preset", settings.preset());
    result.put("device", settings.device());
    result.put("trainers", settings.trainers());
    result.put("threads", settings.threads());
    result.put("precision", settings.precision());
    result.put("batch", settings.batch());
    result.put("parameters", parameters());
    result.put("steps", settings.steps());
    result.put("tokens_per_s", tokensPerStep * settings.steps() / seconds);
    result.put("step_ms_median", stepMs[stepMs.length / 2]);
    result.put("exchange_wait_ms_median", median(first));
    result.put("peak_rss_mib", peakResidentBytes / 1048576.0);
    result.put("loss_first", steps.get(0).report().nll());
    result.put("loss_last", steps.get(steps.size() - 1).report().nll());
    result.put(
        "model_tflop_per_s", flopsPerToken() * tokensPerStep * settings.steps() / seconds / 1e12);
    return result;
  }

  private double median(int first) {
    double[] waits =
        steps.stream()
            .skip(first)
            .mapToDouble(s -> s.report().exchangeNs() / 1e6)
            .sorted()
            .toArray();
    return waits[waits.length / 2];
  }

  private long parameters() {
    return ArraTraining.layout(settings.training()).buckets().stream()
        .mapToLong(bucket -> bucket.length())
        .sum();
  }

  /** 6 a matrix parameter, and 12 * depth * width * length for attention; embeddings do nothing. */
  private double flopsPerToken() {
    var n = settings.network();
    double block = 4.0 * n.dim() * n.dim() + 3.0 * n.dim() * n.ffnDim();
    double matrices = n.nLayer() * block + (double) n.dim() * n.vocabSize();
    return 6 * matrices + 12.0 * n.nLayer() * n.dim() * (n.blockSize() + n.clsTokenNum()) / 2;
  }
}
