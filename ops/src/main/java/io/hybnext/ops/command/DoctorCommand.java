package io.hybnext.ops.command;

import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.doctor.Doctor;
import io.hybnext.ops.doctor.Finding;
import io.hybnext.ops.home.Home;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doctor}: checks this machine. */
@Command(
    name = "doctor",
    subcommands = PlanCommand.class,
    description =
        "Check this machine: JDK, processor, memory, shared memory, disk, ports, assets,"
            + " libtorch, devices. Exit code 1 when something needed is broken. `doctor plan` tells"
            + " what memory a run will take.")
public final class DoctorCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  private boolean broken;

  @Override
  protected void run() {
    List<Finding> findings = new Doctor(settings.load("demo", Map.of()), Home.current()).examine();
    broken = findings.stream().anyMatch(finding -> finding.status() == Finding.Status.BROKEN);
    if (console().json()) {
      showJson(findings);
    } else {
      findings.forEach(this::show);
      console().out().println(broken ? "Something needed is broken." : "Ready.");
    }
  }

  private void show(Finding finding) {
    console()
        .out()
        .printf(
            "%-8s %-15s %s%n",
            finding.status().name().toLowerCase(java.util.Locale.ROOT),
            finding.check(),
            finding.found());
    if (!finding.advice().isEmpty()) {
      console().out().printf("%-24s -> %s%n", "", finding.advice());
    }
  }

  private void showJson(List<Finding> findings) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ok", !broken);
    result.put("findings", findings);
    console().result(result);
  }

  @Override
  protected int exitCode() {
    return broken ? ExitCode.FAILED : ExitCode.DONE;
  }
}
