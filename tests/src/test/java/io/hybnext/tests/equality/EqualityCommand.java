package io.hybnext.tests.equality;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.StepAccount;
import io.hybnext.tests.fleet.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/elastic-equality}. */
@Command(
    name = "elastic-equality",
    mixinStandardHelpOptions = true,
    description =
        "Train the same small network again and again with 1 to 8 trainer processes, some of which"
            + " join late, are killed or held still at random steps, and compare the weights at the"
            + " end with those of one undisturbed trainer. The last line is one JSON object. Exit"
            + " code 0: no bit differs.")
public final class EqualityCommand implements Callable<Integer> {
  @Mixin private ProgramOptions options;

  private static final MemberSchedule ALONE = new MemberSchedule(1, 0, List.of());

  @Option(names = "--schedules", defaultValue = "100", description = "Runs to compare.")
  private int schedules;

  @Option(names = "--steps", defaultValue = "80", description = "Of each run.")
  private long steps;

  private final List<Integer> differed = new ArrayList<>();
  private final Map<Integer, Integer> memberSteps = new TreeMap<>();
  private int kills;
  private int pauses;
  private long lost;
  private long doubled;

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new EqualityCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = options.workplace("equality");
        Diary diary = options.diary(workplace)) {
      Sandbox.open(diary);
      Path base = workplace.folder();
      Path log = base.resolve("errors.txt");
      FleetRun twin =
          new FleetRun(
              base,
              base.resolve("twin"),
              FleetRun.Size.small(12, (int) steps / 3, options.transport("ipc")));
      twin.ingest(log);
      new ScheduledRun(twin, log, diary).run(ALONE, steps);
      String expected = twin.weights(steps);
      for (int number = 0; number < schedules; number++) {
        MemberSchedule schedule = MemberSchedule.of(options.seed(), number, steps);
        FleetRun run = twin.other("run-" + number);
        compare(run, new ScheduledRun(run, log, diary), schedule, expected, number);
        diary.show(number + ": " + schedule + (differed.contains(number) ? " DIFFERS" : ""));
      }
      EqualityReport report =
          new EqualityReport(
              "elastic-equality",
              options.seed(),
              schedules,
              differed.size(),
              differed,
              steps,
              memberSteps,
              kills,
              pauses,
              lost,
              doubled);
      System.out.println(report.toJson());
      workplace.keepIf(!report.isKept());
      return report.isKept() ? 0 : 1;
    }
  }

  private void compare(
      FleetRun run, ScheduledRun scheduled, MemberSchedule schedule, String expected, int number)
      throws IOException, InterruptedException {
    scheduled.run(schedule, steps);
    if (!run.weights(steps).equals(expected)) {
      differed.add(number);
    }
    kills += scheduled.kills();
    pauses += scheduled.pauses();
    List<JsonNode> lines = RunJournal.read(run.journal());
    StepAccount account = StepAccount.of(lines);
    lost += account.lost() + steps - account.steps();
    doubled += account.doubled();
    countMembers(lines);
  }

  private void countMembers(List<JsonNode> lines) {
    int members = 0;
    for (JsonNode line : lines) {
      if (line.path("kind").asText().equals("generation-formed")) {
        members = line.path("trainers").size();
      } else if (line.path("kind").asText().equals("step")) {
        int count = line.path("step").asInt() - line.path("from").asInt() + 1;
        memberSteps.merge(members, count, Integer::sum);
      }
    }
  }
}
