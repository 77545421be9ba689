package io.hybnext.actors.simulation;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunPast;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.actors.run.RunState;
import io.hybnext.streams.batch.UnsettledWaveException;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The coordinator's process: the shell that the coordinator's actor and the run's driver are in a
 * real one, as events, around the same {@link RunState}, journal and checkpoint store.
 */
final class SimulatedCoordinator extends SimulatedProcess {
  private static final long TICK_NS = Scenario.SECOND;
  private static final long DISK_NS = Scenario.SECOND / 100;
  private static final long JOURNAL_STEPS = 50;
  private static final long START_AGAIN_NS = Scenario.SECOND;

  private final World world;
  private final Map<String, Long> known = new TreeMap<>(); // incarnations by name
  private final CheckpointStore store;
  private final RunSettings settings;
  private final List<String> managed;
  private final WaveLedger waves;
  private RunJournal journal;
  private RunState state;
  private long diskFreeNs;
  private boolean over;

  /**
   * A process that does not decide over the run yet.
   *
   * @param managed names of the trainers that it starts itself
   */
  SimulatedCoordinator(World world, List<String> managed) {
    super(world.events());
    this.world = world;
    this.managed = managed;
    Scenario scenario = world.scenario();
    settings = scenario.runSettings();
    store =
        new CheckpointStore(
            world.disk(),
            scenario.checkpoints(),
            scenario.identity(),
            scenario.keepCheckpoints,
            world.clock());
    waves = new WaveLedger(world.disk(), scenario.waves());
  }

  void begin() {
    Scenario scenario = world.scenario();
    try {
      journal = RunJournal.open(world.disk(), scenario.journal(), world.clock(), JOURNAL_STEPS);
    } catch (IOException e) {
      world.trace("coordinator", "cannot start: " + e.getMessage());
      after(START_AGAIN_NS, this::begin); // its operator tries again
      return;
    }
    if (!isLaunching() && journal.ended().isPresent()) {
      world.onEnd(journal.ended().get()); // the one before could not tell any more
      return;
    }
    long first = journal.lastGeneration() + 1;
    RunPast past;
    try {
      journal.reserve(first);
      waves.secure();
      world.invariants().onWaves("the coordinator", waves.waves());
      past = isLaunching() ? journal.startAgain() : journal.past();
    } catch (IOException e) {
      world.trace("coordinator", "cannot lead: " + e.getMessage());
      after(START_AGAIN_NS, this::begin);
      return;
    }
    state = new RunState(settings, managed, first, past, ExchangeKey.NONE);
    world.trace("coordinator", "starts after generation " + journal.lastGeneration());
    on(new RunEvent.Begin());
    tick();
  }

  private void tick() {
    on(new RunEvent.Tick());
    after(TICK_NS, this::tick);
  }

  /** A message of a trainer. */
  void onTrainer(SimulatedTrainer from, RunEvent event) {
    if (event instanceof RunEvent.TrainerJoined) {
      known.put(from.name(), from.incarnation());
    }
    on(event);
  }

  void on(RunEvent event) {
    if (state == null || over) {
      return;
    }
    for (RunAction action : state.on(event, world.nowNs())) {
      act(action);
    }
  }

  private void act(RunAction action) {
    if (world.isTraced() && !(action instanceof RunAction.Proceed)) {
      world.trace("coordinator", "wants " + action);
    }
    if (action instanceof RunAction.Announce announce) {
      if (journal.isReserved(announce.generation().number())) { // else again at the next tick
        world.invariants().onAnnounce(announce.generation());
        toMembers(announce.generation(), action);
      }
    } else if (action instanceof RunAction.Proceed proceed) {
      toMembers(proceed.generation(), action);
    } else if (action instanceof RunAction.Hold hold) {
      toMembers(hold.generation(), action);
    } else if (action instanceof RunAction.Abort abort) {
      toMembers(abort.generation(), action);
    } else if (action instanceof RunAction.DismissAll) {
      known.forEach((name, incarnation) -> world.toTrainer(name, incarnation, action));
    } else if (action instanceof RunAction.Dismiss dismiss) {
      world.toTrainer(dismiss.trainer(), dismiss.incarnation(), action);
    } else if (action instanceof RunAction.RefuseTrainer refuse) {
      world.toTrainer(refuse.trainer(), refuse.incarnation(), action);
    } else {
      actOutside(action);
    }
  }

  private void toMembers(Generation generation, RunAction order) {
    for (Member member : generation.members()) {
      if (known.getOrDefault(member.trainer(), -1L) == member.incarnation()) {
        world.toTrainer(member.trainer(), member.incarnation(), order);
      }
    }
  }

  private void actOutside(RunAction action) {
    if (action instanceof RunAction.LaunchTrainer launch) {
      after(
          launch.delayMs() * 1_000_000, () -> world.launch(launch.trainer(), launch.incarnation()));
    } else if (action instanceof RunAction.KillTrainer kill) {
      after(kill.graceMs() * 1_000_000, () -> kill(kill));
    } else if (action instanceof RunAction.ResolveCheckpoint) {
      onDisk(this::newest);
    } else if (action instanceof RunAction.PrepareExchange prepare) {
      onDisk(() -> new RunEvent.ExchangeReady(prepare.members()));
    } else if (action instanceof RunAction.PublishCheckpoint publish) {
      onDisk(() -> published(publish));
    } else if (action instanceof RunAction.DropCheckpoint drop) {
      onDisk(
          () -> {
            store.drop(Path.of(drop.request().folder()));
            return null;
          });
    } else if (action instanceof RunAction.NoteWave wave) {
      onDisk(() -> noted(wave.wave()));
    } else if (action instanceof RunAction.NoteAllowed note) {
      allow(note.steps());
    } else if (action instanceof RunAction.Report report) {
      note(report.event());
    } else if (action instanceof RunAction.End end) {
      over = true;
      world.onEnd(end.report());
    }
  }

  private void kill(RunAction.KillTrainer kill) {
    SimulatedTrainer process = world.process(kill.trainer(), kill.incarnation());
    if (process != null) {
      world.crash(process, "killed: " + kill.reason());
    }
  }

  /** One thing after another, as on the one thread for disks. */
  private void onDisk(Supplier<RunEvent> job) {
    diskFreeNs = Math.max(diskFreeNs, world.nowNs()) + DISK_NS;
    after(
        diskFreeNs - world.nowNs(),
        () -> {
          RunEvent answer = job.get();
          if (answer != null) {
            on(answer);
          }
        });
  }

  private RunEvent noted(Wave wave) {
    try {
      waves.add(wave);
      return known(wave);
    } catch (UnsettledWaveException unsettled) {
      onDisk(() -> settled(wave));
      return null;
    } catch (IOException e) {
      return new RunEvent.WaveRefused(wave, e.getMessage());
    }
  }

  private RunEvent settled(Wave wave) {
    try {
      waves.secure();
      return known(wave);
    } catch (UnsettledWaveException still) {
      onDisk(() -> settled(wave));
      return null;
    }
  }

  private RunEvent known(Wave wave) {
    world.invariants().onWaves("the coordinator", waves.waves());
    world.invariants().waves().onNoted(wave);
    return new RunEvent.WaveNoted(wave);
  }

  private RunEvent newest() {
    try {
      CheckpointStore.Newest newest = store.newest();
      world.invariants().onNewest(newest.step());
      return new RunEvent.CheckpointResolved(newest.step(), newest.folder(), newest.skipped());
    } catch (CheckpointException e) {
      return new RunEvent.CheckpointRefused(e.getMessage());
    }
  }

  private RunEvent published(RunAction.PublishCheckpoint publish) {
    long step = publish.request().step();
    Path partial = Path.of(publish.request().folder());
    world.invariants().onPublishing(step);
    try {
      long size = store.publish(partial, step, publish.generation().microshards(), publish.parts());
      world.invariants().onPublished(step);
      Path folder = partial.resolveSibling(CheckpointFolder.name(step));
      return new RunEvent.CheckpointPublished(step, folder.toString(), size);
    } catch (CheckpointException e) {
      return new RunEvent.PublishFailed(step, publish.request().attempt(), e.getMessage());
    }
  }

  private void allow(long steps) {
    try {
      journal.allow(steps);
    } catch (IOException e) {
      world.trace("coordinator", "journal: " + e.getMessage());
    }
  }

  private void note(ProgressEvent event) {
    boolean holdsLonger = event instanceof ProgressEvent.Paused; // than this process, if noted
    if (!holdsLonger) {
      world.invariants().onProgress(event);
    }
    try {
      journal.append(event);
      if (holdsLonger) {
        world.invariants().onProgress(event);
      }
    } catch (IOException e) {
      world.trace("coordinator", "journal: " + e.getMessage());
    }
  }

  /** Whether it starts trainers itself. */
  boolean isLaunching() {
    return !managed.isEmpty();
  }

  String describe() {
    return "coordinator " + (state == null ? "starting" : state.phase().toString());
  }

  @Override
  void onGoOn() {}

  @Override
  void onCrash(String where) {
    world.crashCoordinator(where);
  }
}
