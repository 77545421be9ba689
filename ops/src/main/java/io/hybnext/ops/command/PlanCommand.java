package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.lora.LoraConfig;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.training.Tuning;
import io.hybnext.model.transformer.TransformerPresets;
import io.hybnext.ops.bench.StepBenchSettings;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.plan.PlanReport;
import io.hybnext.ops.plan.PlanRequest;
import io.hybnext.ops.plan.PlanSettings;
import io.hybnext.ops.plan.PlannedTraining;
import io.hybnext.ops.wiring.BatchShapes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor plan}. */
@Command(
    name = "plan",
    description = {
      "What a run will hold in memory: on the device, in the host, in shared memory; activations by"
          + " layer; with and without LoRA and recomputation. Nothing is started or allocated.",
      "Of a preset, or of the settings that `train` would take."
    })
public final class PlanCommand extends HybnextCommand {
  private static final int USUAL_RANK = 16;
  private static final int USUAL_PROMPT = 128;

  @Mixin private SettingsOptions settings;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "A profile (arra-base, arra, arra-adapt, kelix, demo, local) or a LlamaGen size as of"
              + " `bench step` (bench, tiny, GPT-B, ...); default: demo, or the file's settings.")
  private String preset;

  @Option(
      names = {"--gpus", "--trainers"},
      paramLabel = "N",
      description = "Trainers, each with a device; they share the optimiser's state.")
  private Integer trainers;

  @Option(names = "--precision", paramLabel = "P", description = "fp32 or bf16; default: as set.")
  private String precision;

  @Option(names = "--device", paramLabel = "D", description = "cpu or cuda:N; default: as set.")
  private String device;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "Samples a trainer computes at a time; default: a microshard's.")
  private Integer batch;

  @Option(
      names = "--recompute",
      paramLabel = "true|false",
      arity = "1",
      description = "Whether activations are computed again in the backward pass.")
  private Boolean recompute;

  @Option(
      names = "--lora",
      paramLabel = "true|false",
      arity = "1",
      description = "Whether adapters alone are trained; of lora.rank, or 16 where that is 0.")
  private Boolean lora;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "T",
      description =
          "Longest prompt in tokens (Chameleon) or bytes (Kelix); default: 128 or less where"
              + " the network's limit is lower.")
  private Integer promptTokens;

  @Option(
      names = "--memory-gib",
      paramLabel = "G",
      description = "Memory of a device: tells whether the plan fits, and the largest batch.")
  private Double memoryGib;

  @Override
  protected void run() throws IOException {
    PlanRequest request = request();
    OptionalLong bytes =
        memoryGib == null
            ? OptionalLong.empty()
            : OptionalLong.of(Math.round(memoryGib * (1L << 30)));
    PlanReport report = checked(() -> new PlanReport(request, bytes));
    if (console().json()) {
      console().result(report.values());
    } else {
      report.print(console().out());
    }
  }

  private boolean llamaGenSize() {
    return !HybnextSettings.PROFILES.contains(preset)
        && TransformerPresets.names().contains(preset);
  }

  private PlanRequest request() throws IOException {
    atLeastOne("--gpus", trainers);
    atLeastOne("--batch", batch);
    atLeastOne("--prompt-tokens", promptTokens);
    want(memoryGib == null || memoryGib > 0, "--memory-gib", memoryGib, "above 0");
    if (llamaGenSize()) {
      return ofBench();
    }
    return ofSettings(settings.load(settings.given() && preset.isEmpty() ? "" : named(), more()));
  }

  private void atLeastOne(String option, Integer value) {
    want(value == null || value >= 1, option, value, "at least 1");
  }

  private String named() {
    return preset.isEmpty() ? "demo" : preset;
  }

  private Map<String, String> more() {
    Map<String, String> more = new LinkedHashMap<>();
    put(more, "trainers.count", trainers);
    put(more, "trainers.precision", precision);
    put(more, "trainers.device", device);
    put(more, "training.recompute", recompute);
    return more;
  }

  private static void put(Map<String, String> more, String key, Object value) {
    if (value != null) {
      more.put(key, value.toString());
    }
  }

  private PlanRequest ofSettings(HybnextSettings effective) throws IOException {
    TrainingConfig config = PlannedTraining.of(effective);
    int microshards = effective.training().microshards();
    PlanSettings around =
        new PlanSettings(
            effective.trainers().count(),
            microshards,
            effective.trainers().device().equals("cpu"),
            effective.trainers().heapBytes());
    String name = preset.isEmpty() ? "settings" : preset;
    return request(name, config, around, effective.training().globalBatch() / microshards);
  }

  /** As {@code bench step} has it: a microshard a trainer. */
  private PlanRequest ofBench() {
    int count = trainers == null ? 1 : trainers;
    String on = device == null ? "cpu" : device;
    int samples = batch == null ? 8 : batch;
    StepBenchSettings bench =
        checked(
            () ->
                new StepBenchSettings(
                    preset,
                    count,
                    1,
                    precision == null ? "fp32" : precision,
                    on,
                    samples,
                    1,
                    1,
                    Boolean.TRUE.equals(recompute)));
    PlanSettings around = new PlanSettings(count, count, on.equals("cpu"), 512L << 20);
    return request(preset, bench.training(), around, samples);
  }

  private PlanRequest request(String name, TrainingConfig config, PlanSettings around, int usual) {
    HybnextSettings defaults = HybnextSettings.load(HybnextSettings.Source.profile(""));
    LoraConfig adapters =
        config
            .tuning()
            .lora()
            .orElseGet(
                () ->
                    new LoraConfig(USUAL_RANK, defaults.lora().alpha(), defaults.lora().targets()));
    boolean adapted = lora == null ? config.tuning().lora().isPresent() : lora;
    List<String> frozen = config.tuning().frozen();
    Tuning tuning = new Tuning(frozen, adapted ? Optional.of(adapters) : Optional.empty());
    int samples = batch == null ? usual : batch;
    int longest = BatchShapes.longestPrompt(config.network());
    int prompt = promptTokens == null ? Math.min(USUAL_PROMPT, longest) : promptTokens;
    PassShape shape =
        checked(
            () ->
                BatchShapes.of(
                    config.network(), config.arra().objective().positions(), samples, prompt));
    Precision computed =
        around.cpu()
            ? TorchEngine.start(ComputeDevice.CPU, 1).arithmetic(config.precision())
            : config.precision();
    return new PlanRequest(name, config.withTuning(tuning), shape, around, computed, adapters);
  }
}
