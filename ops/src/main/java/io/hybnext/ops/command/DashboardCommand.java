package io.hybnext.ops.command;

import io.hybnext.config.DashboardSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.dashboard.Dashboard;
import io.hybnext.ops.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dashboard}: the operators' page over a run's folder. */
@Command(
    name = "dashboard",
    description =
        "Serve the operators' page over the folder of a run, which may be going on in another"
            + " process or be over. It only shows; `train` serves a page of its own on which"
            + " operators can act, and tells its address. Ctrl-C ends it.")
public final class DashboardCommand extends HybnextCommand {
  @Parameters(index = "0", paramLabel = "RUN", description = "Folder of the run.")
  private Path folder;

  @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "0 = any free one.")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Interface; beyond loopback only with --certificates and --tokens.")
  private String host;

  @Option(
      names = "--certificates",
      paramLabel = "DIR",
      defaultValue = "",
      description = "Folder with tls.crt and tls.key, as `certificates` makes them.")
  private String certificates;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      defaultValue = "",
      description = "File of who may look and act, made by `token add`.")
  private String tokens;

  @Override
  protected boolean takesSignals() {
    return true;
  }

  @Override
  protected void run() throws InterruptedException {
    want(port >= 0 && port <= 65535, "--port", port, "from 0 to 65535");
    RunFolder run = new RunFolder(folder);
    if (!run.isRun() && !Files.exists(run.journal())) {
      throw new CommandFailure(folder + " is no run: it holds no run.json; name its folder");
    }
    StopRequest stop = StopRequest.onSignals(console().err());
    DashboardSettings settings = new DashboardSettings(port, host, certificates, tokens);
    Dashboard.Subject subject =
        Dashboard.Subject.watched(
            "this page only watches; act on the page of the training process");
    try (Dashboard dashboard = Dashboard.start(settings, run, subject)) {
      console().progress().note("dashboard: " + dashboard.url());
      stop.whenAsked().toCompletableFuture().get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
    console().result(Map.of("run", run.root().toString()));
  }
}
