package io.hybnext.ops.command;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.verify.CaseReport;
import io.hybnext.model.verify.TensorResult;
import io.hybnext.model.verify.Verifier;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.progress.ProgressEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: compares with reference implementations. */
@Command(name = "verify", description = "Recompute reference cases; exit code 1 beyond tolerance.")
public final class VerifyCommand extends HybnextCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Case folders with config.json, model.safetensors, io.safetensors.")
  private List<Path> cases;

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "cpu",
      description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
  private ComputeDevice device;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "fp32 or bf16 (default: ${DEFAULT-VALUE}); bf16 is held to 2e-2.")
  private Precision precision;

  @Option(names = "--threads", defaultValue = "1", paramLabel = "N", description = "Threads.")
  private int threads;

  private boolean passed = true;

  @Override
  protected void run() {
    want(threads >= 1, "--threads", threads, "at least 1");
    Verifier verifier = new Verifier(TorchEngine.start(device, threads), precision);
    List<Map<String, Object>> summaries = new ArrayList<>();
    for (Path folder : cases) {
      CaseReport report = verifier.verify(folder);
      passed &= report.passed();
      show(report);
      summaries.add(summary(report));
    }
    if (console().json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("passed", passed);
      result.put("device", device.toString());
      result.put("precision", precision.setting());
      result.put("cases", summaries);
      console().result(result);
    } else {
      console().out().println(passed ? "all cases pass" : "NOT all cases pass");
    }
  }

  @Override
  protected int exitCode() {
    return passed ? ExitCode.DONE : ExitCode.FAILED;
  }

  private void show(CaseReport report) {
    if (console().json()) {
      int total = report.results().size();
      for (int i = 0; i < total; i++) {
        Map<String, Object> values = values(report, report.results().get(i));
        console().progress().tell(new ProgressEvent.Values("tensor", i + 1, total, values));
      }
      return;
    }
    report.results().forEach(console().out()::println);
    report.notChecked().forEach(name -> console().out().println("not checked: " + name));
    console().out().println(report.summary());
  }

  private static Map<String, Object> values(CaseReport report, TensorResult result) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("case", report.folder().toString());
    values.put("tensor", result.name());
    values.put("elements", result.elements());
    values.put("max_abs_error", result.maxAbsolute());
    values.put("max_rel_error", result.maxRelative());
    values.put("tolerance", result.tolerance());
    values.put("passed", result.passed());
    values.put("remark", result.remark());
    return values;
  }

  private static Map<String, Object> summary(CaseReport report) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("case", report.folder().toString());
    values.put("kind", report.kind());
    values.put("passed", report.passed());
    values.put("tensors", report.results().size());
    values.put("failed", report.failed().stream().map(TensorResult::name).toList());
    values.put("not_checked", report.notChecked());
    values.put("failure", report.failure().orElse(""));
    return values;
  }
}
