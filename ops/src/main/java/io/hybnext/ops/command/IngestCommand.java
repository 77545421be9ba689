package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.Console;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.intake.IngestService;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.run.TrainJob;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.streams.flow.StageSnapshot;
import io.hybnext.streams.ingest.IngestReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ingest}: decode, tokenise, encode and store images. */
@Command(
    name = "ingest",
    description =
        "Add images to the segment store (data.store): decode, check, tokenise, encode."
            + " What is stored already is not computed again; Ctrl-C keeps what is complete.")
public final class IngestCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PATH",
      description =
          "Folder of images (JPEG, PNG, DICOM), address of an Orthanc server (http://HOST:8042), manifest"
              + " (.jsonl lines, .json list; our entries or ARRA's) or bundled:sample; default: data.source.")
  private String source;

  @Option(
      names = "--watch",
      description =
          "Go on with what comes later, into the folder or to the server, until Ctrl-C (intake.watch).")
  private boolean watch;

  @Override
  protected void run() throws IOException, InterruptedException {
    Map<String, String> more = new LinkedHashMap<>();
    if (source != null) {
      more.put("data.source", source);
    }
    if (watch) {
      more.put("intake.watch", "true");
    }
    ingest(options.load("", more), console(), false);
  }

  @Override
  protected boolean takesSignals() {
    return true;
  }

  /**
   * Ingests what settings name, and shows the result.
   *
   * @param again whether a server is asked once more for what is aside
   */
  static void ingest(HybnextSettings settings, Console console, boolean again)
      throws IOException, InterruptedException {
    StopRequest stop = StopRequest.onSignals(console.err());
    try (Networks networks = Networks.open(TrainJob.engine(), settings.data());
        StreamSystem streams = new StreamSystem("hybnext-intake")) {
      IngestService service =
          new IngestService(settings, streams.system(), networks, console.progress());
      IngestReport report = again ? service.retry(stop.whenAsked()) : service.run(stop.whenAsked());
      if (report.seen() == 0 && !report.cancelled() && !settings.data().isServer()) {
        throw new CommandFailure(
            settings.data().source()
                + " names no image: want a folder with images, or a manifest with a line an image");
      }
      console.result(describe(settings, report));
    }
  }

  private static Map<String, Object> describe(HybnextSettings settings, IngestReport report) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("store", settings.data().store().toString());
    result.put("seen", report.seen());
    result.put("stored", report.stored());
    result.put("already_stored", report.alreadyStored());
    result.put("duplicates", report.duplicates());
    result.put("quarantined", report.quarantined());
    result.put("reasons", report.reasons());
    result.put("cancelled", report.cancelled());
    result.put("seconds", report.elapsedSeconds());
    Map<String, Double> rates = new LinkedHashMap<>();
    for (StageSnapshot stage : report.stages()) {
      rates.put(stage.stage(), stage.elementsPerSecond());
    }
    result.put("images_per_s", rates);
    return result;
  }
}
