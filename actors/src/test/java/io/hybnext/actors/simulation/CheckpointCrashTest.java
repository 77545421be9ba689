package io.hybnext.actors.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.checkpoint.PartWriter;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.simulation.DiskTrouble.Outcome;
import io.hybnext.actors.step.TrainStep.CheckpointPart;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Ends the world at every write, flush and rename of checkpoint publication, thousands of times.
 */
class CheckpointCrashTest {
  private static final int CRASH_POINTS = 10_000;
  private static final RunIdentity IDENTITY = new RunIdentity("run", "settings", "data", "code");
  private static final Path ROOT = Path.of("/run/checkpoints");
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  private static byte[] content(long step, int member) {
    return ("part " + member + " of the state after step " + step + " of this run")
        .getBytes(StandardCharsets.UTF_8);
  }

  private record Part(Disk disk, long step, int member, boolean flushing)
      implements CheckpointPart {
    @Override
    public List<String> write(Path folder) throws IOException {
      String name = "part-" + member;
      disk.write(folder.resolve(name), content(step, member));
      if (flushing) {
        disk.force(folder.resolve(name));
      }
      return List.of(name);
    }

    @Override
    public long sizeBytes() {
      return content(step, member).length;
    }

    @Override
    public void close() {}
  }

  /** Publishes one checkpoint after another until the world ends. */
  private static final class World {
    final SimulatedDisk disk;
    final int keep;
    final int members;
    final boolean flushing;
    long published; // newest that the coordinator was told is safe
    long begun;

    World(long seed, boolean flushing) {
      Chance chance = new Chance(seed, 1);
      disk = new SimulatedDisk(new Chance(seed, 2));
      keep = 1 + chance.below(3);
      members = 1 + chance.below(3);
      this.flushing = flushing;
    }

    CheckpointStore store() {
      return new CheckpointStore(disk, ROOT, IDENTITY, keep, CLOCK);
    }

    /** Takes checkpoints up to this step; one that fails is tried again, as at the end of a run. */
    void publish(long last) {
      CheckpointStore store = store();
      for (int attempt = 0; published < last && attempt < 100; attempt++) {
        begun = published + 1;
        Path partial = ROOT.resolve(".partial-step-" + begun + "-g1-a" + attempt);
        try {
          Map<String, List<CheckpointFile>> parts = new HashMap<>();
          for (int member = 0; member < members; member++) {
            Part part = new Part(disk, begun, member, flushing);
            parts.put("trainer-" + member, PartWriter.write(disk, part, partial));
          }
          store.publish(partial, begun, 4, parts);
          published = begun;
        } catch (CheckpointException e) {
          store.drop(partial);
        }
      }
    }

    /** Looks up the newest one as a new coordinator does, and reads it. */
    void recover() throws CheckpointException, IOException {
      disk.trouble(DiskTrouble.NONE);
      CheckpointStore.Newest newest = store().newest();
      boolean known = newest.step() == published || newest.step() == begun;
      assertTrue(known, newest.step() + ", where " + published + " was published: " + newest);
      for (int member = 0; newest.step() > 0 && member < members; member++) {
        try (InputStream in = disk.open(Path.of(newest.folder(), "part-" + member))) {
          String found = new String(in.readAllBytes(), StandardCharsets.UTF_8);
          assertEquals(new String(content(newest.step(), member), StandardCharsets.UTF_8), found);
        }
      }
      published = newest.step();
    }
  }

  /** Crashes a world at an operation; returns whether it got that far. */
  private static boolean crashAt(World world, long at, boolean within, double failing, long seed)
      throws Exception {
    long first = world.disk.operations();
    Chance chance = new Chance(seed, 3);
    world.disk.trouble(
        (operation, number) -> {
          if (number - first == at) {
            return within ? Outcome.CRASH_WITHIN : Outcome.CRASH_BEFORE;
          }
          return chance.happens(failing) ? Outcome.FAILS : Outcome.DONE;
        });
    boolean crashed = false;
    try {
      world.publish(world.published + 3);
    } catch (SimulatedCrash crash) {
      crashed = true;
    }
    if (chance.happens(0.7)) {
      world.disk.losePower();
    }
    world.recover();
    return crashed;
  }

  @Test
  void shouldLeaveALoadableCheckpointAtEveryCrashPoint() throws Exception {
    int points = 0;
    for (long seed = 0; points < CRASH_POINTS / 2; seed++) {
      boolean reached = true;
      for (long at = 0; reached; at++) {
        World world = new World(seed, true);
        world.publish(2);
        reached = crashAt(world, at, seed % 2 == 0, 0, seed * 1000 + at);
        points++;
      }
    }
    assertTrue(points >= CRASH_POINTS / 2);
  }

  @Test
  void shouldLeaveALoadableCheckpointHoweverOftenItCrashesAndFails() throws Exception {
    for (int points = 0; points < CRASH_POINTS / 2; ) {
      long seed = 1_000_000L + points;
      World world = new World(seed, true);
      Chance chance = new Chance(seed, 4);
      for (int crash = 0; crash < 10; crash++) {
        double failing = chance.happens(0.5) ? 0.03 : 0;
        crashAt(world, chance.below(40), chance.happens(0.5), failing, seed + crash);
        points++;
      }
    }
  }

  @Test
  void shouldFindOutWhenPartsAreNotFlushed() {
    assertThrows(
        AssertionError.class,
        () -> {
          for (long seed = 0; seed < 200; seed++) {
            World world = new World(seed, false);
            world.publish(2);
            crashAt(world, 5 + seed % 20, false, 0, seed);
          }
        });
  }
}
