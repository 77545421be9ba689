package io.hybnext.ops.dashboard;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.run.LiveRun;
import io.hybnext.ops.run.RunFolder;
import java.time.Clock;
import java.util.Optional;

/** The page of a run that this process leads; nothing where settings want none. */
public final class RunDashboard implements AutoCloseable {
  private final Optional<Dashboard> page;

  private RunDashboard(Optional<Dashboard> page) {
    this.page = page;
  }

  /**
   * Serves the page as settings want it, and tells its address.
   *
   * @param live the run to act on, when there is one
   * @throws io.hybnext.ops.cli.CommandFailure with a sentence when it cannot be served like that
   */
  public static RunDashboard open(HybnextSettings settings, LiveRun live, Progress progress) {
    if (!settings.dashboard().on()) {
      return new RunDashboard(Optional.empty());
    }
    RunFolder folder = new RunFolder(settings.run().folder());
    Dashboard page =
        Dashboard.start(
            settings.dashboard(),
            folder,
            new Dashboard.Subject(
                Optional.of(settings),
                new OperatorActions(live, folder, Clock.systemUTC()),
                () -> live.now().isPresent() ? Optional.empty() : Optional.of("no run goes on")));
    live.watch(page.pulse());
    progress.note("dashboard: " + page.url());
    return new RunDashboard(Optional.of(page));
  }

  @Override
  public void close() {
    page.ifPresent(Dashboard::close);
  }
}
