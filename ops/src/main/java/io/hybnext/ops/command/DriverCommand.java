package io.hybnext.ops.command;

import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.ops.cli.HybnextCommand;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code driver}: the media driver process, for hosts whose trainers are started by hand. */
@Command(
    name = "driver",
    hidden = true,
    description = "Aeron media driver of this host; ends with its standard input.")
public final class DriverCommand extends HybnextCommand {
  @Option(names = "--folder", paramLabel = "DIR", required = true, description = "Aeron directory.")
  private Path folder;

  @Override
  protected boolean takesSignals() {
    return true; // its run ends it
  }

  @Override
  protected void run() throws IOException {
    MediaDriverHost.serve(folder, System.in, console().out());
  }
}
