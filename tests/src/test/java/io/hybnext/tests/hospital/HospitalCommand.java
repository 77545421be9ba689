package io.hybnext.tests.hospital;

import io.hybnext.streams.ledger.PostgresServer;
import io.hybnext.streams.orthanc.OrthancProcess;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/hospital}. */
@Command(
    name = "hospital",
    mixinStandardHelpOptions = true,
    description =
        "Send studies to an Orthanc server by C-STORE while an ingestion follows it and two"
            + " trainers train; kill server, database, one trainer and the ingestion once each; take"
            + " the time from a study's arrival to the first committed step that uses it. Needs the"
            + " Debian packages orthanc, orthanc-gdcm, dcmtk and postgresql. The last line is one"
            + " JSON object. Exit code 0: nothing lost, nothing twice, all books agree, 99th"
            + " percentile at most 10 s.")
public final class HospitalCommand implements Callable<Integer> {
  @Mixin private ProgramOptions options;

  @Option(names = "--studies", defaultValue = "120", description = "To send.")
  private int studies;

  @Option(names = "--every", defaultValue = "500", description = "Milliseconds between two.")
  private long everyMs;

  @Option(names = "--no-kills", description = "Kill nothing.")
  private boolean spared;

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new HospitalCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    List<String> missing = OrthancProcess.missing();
    if (!missing.isEmpty()) {
      throw new IOException("install the Debian packages " + missing);
    }
    try (Workplace workplace = options.workplace("hospital");
        Diary diary = options.diary(workplace)) {
      Sandbox.open(diary);
      Path base = workplace.folder();
      Path log = base.resolve("errors.txt");
      try (PostgresServer database =
              PostgresServer.start()
                  .orElseThrow(() -> new IOException("install the Debian package postgresql"));
          OrthancProcess server = OrthancProcess.start(base.resolve("orthanc"))) {
        FleetRun run = run(base, database);
        run.ingest(log);
        HospitalReport report =
            new Hospital(run, server, database, log, diary)
                .run(studies, everyMs, !spared, options.seed());
        System.out.println(report.toJson());
        workplace.keepIf(!report.isKept());
        return report.isKept() ? 0 : 1;
      }
    }
  }

  private FleetRun run(Path base, PostgresServer database) {
    List<String> settings =
        List.of(
            "ledger.url=" + database.url(),
            "ledger.user=hybnext",
            "data.mixing.enter-every=500 ms",
            "data.mixing.new-share=0.5");
    FleetRun.Size size = FleetRun.Size.small(4, 500, options.transport("ipc"));
    return new FleetRun(base, base.resolve("run"), size, settings);
  }
}
