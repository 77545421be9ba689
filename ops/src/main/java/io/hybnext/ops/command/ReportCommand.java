package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.report.ReportStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code report}: makes report.html again from a run's report.json. */
@Command(
    name = "report",
    hidden = true,
    description = "Make report.html again from report.json of a run's folder.")
public final class ReportCommand extends HybnextCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "Folder with report.json.")
  private Path folder;

  @Override
  protected void run() throws IOException {
    if (!Files.isRegularFile(folder.resolve("report.json"))) {
      throw new CommandFailure(
          folder + " holds no report.json; give the folder of a run that came to its end");
    }
    Path page = ReportStore.write(ReportStore.read(folder), folder);
    console().result(Map.of("report", page.toString()));
  }
}
