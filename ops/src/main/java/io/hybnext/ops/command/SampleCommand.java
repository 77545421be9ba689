package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.sample.SampleMaker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sample}: makes ops/sample from the original collection; not needed to use Hybnext. */
@Command(
    name = "sample",
    hidden = true,
    description = "Make the bundled sample from a folder with manifest.jsonl and 256x256 images.")
public final class SampleCommand extends HybnextCommand {
  @Option(
      names = "--from",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the originals.")
  private Path from;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Folder that gets the sample.")
  private Path to;

  @Option(
      names = "--quality",
      paramLabel = "Q",
      defaultValue = "0.9",
      description = "JPEG quality, 0 to 1; default: ${DEFAULT-VALUE}.")
  private double quality;

  @Override
  protected void run() throws IOException {
    SampleMaker.Made made = new SampleMaker(quality, console().progress()).make(from, to);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("images", made.images());
    result.put("bytes", made.bytes());
    result.put("mean_absolute_error", made.meanAbsoluteError());
    console().result(result);
  }
}
