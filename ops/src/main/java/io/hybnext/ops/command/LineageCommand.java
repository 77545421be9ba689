package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.intake.LedgerService;
import io.hybnext.streams.ledger.Lineage.Seen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lineage}: which checkpoints saw a study. */
@Command(
    name = "lineage",
    description = "List the checkpoints that saw a study, those that were deleted since too.")
public final class LineageCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Folder of a run on this store; repeat for more. Default: run.folder.")
  private final List<Path> runs = new ArrayList<>();

  @Parameters(
      index = "0",
      paramLabel = "STUDY",
      description = "Study Instance UID, its pseudonym, or the id of an item.")
  private String study;

  @Override
  protected void run() {
    HybnextSettings settings = options.load();
    List<Path> folders = runs.isEmpty() ? List.of(settings.run().folder()) : runs;
    List<Seen> seen = new LedgerService(settings).lineage(study, folders);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("checkpoints", seen.stream().map(LineageCommand::describe).toList());
    console().result(result);
  }

  private static Map<String, Object> describe(Seen seen) {
    Map<String, Object> checkpoint = new LinkedHashMap<>();
    checkpoint.put("folder", seen.folder());
    checkpoint.put("run", seen.run());
    checkpoint.put("step", seen.step());
    checkpoint.put("first_seen_at_step", seen.firstStep());
    return checkpoint;
  }
}
