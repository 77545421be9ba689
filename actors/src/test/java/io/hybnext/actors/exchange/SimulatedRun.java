package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.ExchangeMachine.Phase;
import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Members that train over simulated ways, with a schedule, and a fate, that follow from a seed: one
 * member after another does a little, and members come, go, pause and fail at any point.
 */
final class SimulatedRun {
  private static final int PATIENCE = 400_000; // turns without which it is stuck

  final Random random;
  final int goal;
  final BucketLayout layout;
  final List<Participant> present = new ArrayList<>();
  final List<Participant> paused = new ArrayList<>();
  final Set<Long> reported = new TreeSet<>();
  int lost;
  private final Set<Participant> failed = new HashSet<>(); // with a part half written
  private Participant[] holders = {}; // ranks of the last generation that settled
  private long settledGeneration;
  private final int microshards;
  private final List<SimulatedTrainStep> reference; // by steps done
  private final List<StepResult> results = new ArrayList<>();
  private final ExchangeSettings settings;
  private final int badStep;
  private SimulatedNetwork network;
  private Participant[] ranks = {};
  private long generation;
  private long checkpoint;
  private long turns;
  private int names;

  /** A trainer process. */
  final class Participant {
    final String name = "trainer-" + names++;
    final SimulatedTrainStep trainStep = new SimulatedTrainStep(layout);
    final HeldState held = new HeldState(layout);
    private long begun = -1;
    private ExchangeMachine machine;
    private MicroshardRange range;
    private int microshard;
    private int bucket;
    private long announced;
    private long entered;
    private Place next;
    private SimulatedNetwork nextNetwork;
    private Participant[] members;
    private Participant[] nextMembers;
    private boolean broken;
    private boolean first;

    boolean isDone() {
      return entered == generation
          && !broken
          && machine.phase() == Phase.READY
          && held.committed() == goal;
    }

    /** Whether it knows what all hold in the newest generation. */
    boolean isMoving() {
      return entered == generation
          && (machine.phase() == Phase.READY
              || (machine.phase() == Phase.SETTLE
                  && machine.waitsFor().startsWith("the state to be passed")));
    }

    boolean isSettled() {
      return entered == generation
          && !broken
          && machine.phase() != Phase.NEW
          && machine.phase() != Phase.LOST
          && machine.phase() != Phase.SETTLE;
    }

    void announce(Place place, SimulatedNetwork over, Participant[] with) {
      announced = place.generation();
      nextMembers = with;
      next = place;
      nextNetwork = over;
    }

    /** Does a little; returns whether there was anything to do. */
    void turn() {
      if (announced > entered && random.nextInt(10) == 0) {
        enter();
      } else if (machine != null && !broken) {
        try {
          work();
        } catch (SimulatedTrainStep.InjectedFailure failure) {
          broken = true;
          failed.add(this);
          machine.abort("the maths failed");
        }
      }
    }

    private void enter() {
      if (machine != null) {
        if (!broken && machine.phase() == Phase.READY) {
          report(); // the call that ran the step returns before the order is read
        }
        machine.abort("generation " + announced + " follows");
        machine.close();
      }
      entered = announced;
      begun = -1;
      first = true;
      broken = false;
      members = nextMembers;
      range = next.range();
      machine = new ExchangeMachine(next, layout, nextNetwork.links(next.rank()), settings);
    }

    private void work() {
      switch (machine.phase()) {
        case NEW -> machine.settle(trainStep, held);
        case LOST -> restore();
        case READY -> begin();
        case REDUCE -> compute();
        default -> machine.advance();
      }
    }

    private void restore() {
      assertTrue(machine.settlement() instanceof Settlement.StateLost);
      if (entered == generation) {
        assertTrue(isLossKnown(), "state is lost though every part has a holder");
        holders = new Participant[0];
        lost++;
      }
      held.clear();
      trainStep.copyFrom(reference.get((int) checkpoint));
      held.reset(checkpoint);
      machine.settle(trainStep, held);
    }

    private void begin() {
      report();
      if (held.committed() < goal) {
        begun = held.committed();
        machine.begin(begun);
        microshard = range.first();
        bucket = layout.buckets().size() - 1;
      } else {
        machine.advance();
      }
    }

    private void report() {
      if (entered > settledGeneration) {
        settledGeneration = entered;
        holders = members;
        failed.clear();
      }
      if (begun >= 0) {
        check(begun, machine.result());
        begun = -1;
      } else if (machine.settlement() instanceof Settlement.GoOn goOn && first) {
        goOn.completed().ifPresent(result -> check(goOn.step() - 1, result));
      }
      first = false;
    }

    private void check(long step, StepResult result) {
      StepResult wanted = results.get((int) step);
      assertEquals(wanted.loss(), result.loss());
      assertEquals(wanted.gradientNorm(), result.gradientNorm());
      assertEquals(wanted.applied(), result.applied());
      reported.add(step);
    }

    private void compute() {
      long step = held.committed();
      if (microshard == range.end()) {
        machine.advance();
        if (machine.phase() == Phase.REDUCE && bucket >= 0) {
          bucket = -1;
          machine.finish(trainStep);
        }
        return;
      }
      assertTrue(trainStep.sameWeights(reference.get((int) step)), "weights changed during a step");
      UnsafeBuffer gradient = trainStep.gradient(step, microshard, bucket);
      if (step == badStep && microshard == 0 && bucket == 0) {
        gradient.putFloat(0, Float.NaN);
      }
      machine.add(microshard, bucket, gradient);
      gradient.setMemory(0, gradient.capacity(), (byte) 0x7f);
      if (--bucket < 0) {
        machine.addLoss(microshard, LinearTrainStep.loss(step, microshard));
        microshard++;
        bucket = layout.buckets().size() - 1;
      }
    }
  }

  /** A run that starts from the seed's weights, with as many members as said. */
  SimulatedRun(long seed, int members, int goal) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.goal = goal;
    microshards = 8 + random.nextInt(3);
    List<Bucket> buckets = new ArrayList<>();
    int count = 1 + random.nextInt(9);
    for (int bucket = 0; bucket < count; bucket++) {
      buckets.add(new Bucket("b" + bucket, 1 + random.nextInt(40)));
    }
    layout = new BucketLayout(buckets);
    settings =
        ExchangeSettings.defaults()
            .withPieceLength(8 + random.nextInt(20))
            .withWire(random.nextInt(4) == 0 ? WireFormat.BF16 : WireFormat.FP32);
    badStep = random.nextInt(3) == 0 ? random.nextInt(goal) : -1;
    reference = reference();
    for (int i = 0; i < members; i++) {
      present.add(new Participant());
    }
    regroup();
  }

  /** Weights and moments after each number of steps of an undisturbed member. */
  private List<SimulatedTrainStep> reference() {
    List<SimulatedTrainStep> states = new ArrayList<>();
    SimulatedTrainStep trainStep = new SimulatedTrainStep(layout);
    trainStep.initialise();
    HeldState held = new HeldState(layout);
    held.reset(0);
    Place alone = new Place(1, 1, 0, List.of("a"), List.of(new MicroshardRange(0, microshards)));
    ExchangeMachine machine = new ExchangeMachine(alone, layout, PeerLinks.NONE, settings);
    machine.settle(trainStep, held);
    run(machine);
    for (int step = 0; ; step++) {
      SimulatedTrainStep copy = new SimulatedTrainStep(layout);
      copy.copyFrom(trainStep);
      states.add(copy);
      if (step == goal) {
        return states;
      }
      machine.begin(step);
      for (int microshard = 0; microshard < microshards; microshard++) {
        for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
          UnsafeBuffer gradient = trainStep.gradient(step, microshard, bucket);
          if (step == badStep && microshard == 0 && bucket == 0) {
            gradient.putFloat(0, Float.NaN);
          }
          machine.add(microshard, bucket, gradient);
        }
        machine.addLoss(microshard, LinearTrainStep.loss(step, microshard));
      }
      machine.finish(trainStep);
      run(machine);
      results.add(machine.result());
      assertEquals(step != badStep, machine.result().applied());
    }
  }

  private static void run(ExchangeMachine machine) {
    while (machine.phase() != Phase.READY) {
      machine.advance();
    }
  }

  /** Announces a generation of those present. */
  void regroup() {
    generation++;
    int world = Math.min(present.size(), microshards);
    ranks = present.subList(0, world).toArray(Participant[]::new);
    network = new SimulatedNetwork(world, random);
    List<String> names = new ArrayList<>();
    for (Participant each : ranks) {
      names.add(each.name);
    }
    List<MicroshardRange> ranges = ranges(world);
    for (int rank = 0; rank < world; rank++) {
      ranks[rank].announce(new Place(1, generation, rank, names, ranges), network, ranks);
    }
    long known = 0; // a checkpoint follows the reports of all steps before it
    while (reported.contains(known)) {
      known++;
    }
    checkpoint = random.nextInt((int) known + 1);
  }

  /** Contiguous ranges of any sizes. */
  private List<MicroshardRange> ranges(int world) {
    int[] ends = random.ints(1, microshards).distinct().limit(world - 1L).sorted().toArray();
    List<MicroshardRange> ranges = new ArrayList<>();
    int first = 0;
    for (int end : ends) {
      ranges.add(new MicroshardRange(first, end));
      first = end;
    }
    ranges.add(new MicroshardRange(first, microshards));
    return ranges;
  }

  /** Ends a process for good. */
  void kill(Participant victim) {
    present.remove(victim);
    for (int rank = 0; rank < ranks.length; rank++) {
      if (ranks[rank] == victim) {
        network.kill(rank);
      }
    }
  }

  /** Takes a member out that stands still, with all it holds. */
  void pause(Participant victim) {
    present.remove(victim);
    paused.add(victim);
  }

  /** Lets a member that stood still go on. */
  void resume(Participant member) {
    paused.remove(member);
    present.add(random.nextInt(present.size() + 1), member);
  }

  void join() {
    present.add(random.nextInt(present.size() + 1), new Participant());
  }

  /** One member does a little. */
  void turn() {
    if (++turns > PATIENCE) {
      throw new AssertionError("stuck: " + describe());
    }
    Participant each = present.get(random.nextInt(present.size()));
    if (each.announced == generation) { // with more trainers than microshards some only wait
      each.turn();
    }
  }

  /** Whether owner and deputy of some chunk are both gone, or nothing was ever settled. */
  private boolean isLossKnown() {
    if (holders.length == 0) {
      return true;
    }
    ChunkPartition partition = new ChunkPartition(layout, holders.length);
    for (int chunk = 0; chunk < partition.chunks(); chunk++) {
      int deputy = partition.deputy(chunk);
      if (isGone(holders[partition.owner(chunk)]) && (deputy < 0 || isGone(holders[deputy]))) {
        return true;
      }
    }
    return false;
  }

  private boolean isGone(Participant holder) {
    return failed.contains(holder) || !List.of(ranks).contains(holder);
  }

  /** The largest number of steps that any member present has committed. */
  long newest() {
    return present.stream().mapToLong(each -> each.held.committed()).max().orElse(-1);
  }

  boolean settled() {
    for (Participant each : ranks) {
      if (!each.isSettled() || !present.contains(each)) {
        return false;
      }
    }
    return true;
  }

  boolean done() {
    for (Participant each : ranks) {
      if (!each.isDone()) {
        return false;
      }
    }
    return true;
  }

  boolean anyBroken() {
    for (Participant each : ranks) {
      if (each.broken) {
        return true;
      }
    }
    return false;
  }

  private String describe() {
    StringBuilder text = new StringBuilder();
    for (Participant each : present) {
      text.append(each.name).append(" in ").append(each.entered).append(" of ").append(generation);
      if (each.machine != null) {
        text.append(' ').append(each.machine.phase()).append(" waits for ");
        text.append(each.machine.waitsFor()).append(" at ").append(each.held.committed());
      }
      text.append("; ");
    }
    return text.toString();
  }

  /** Every member holds what an undisturbed one holds, and moments of its own chunks only. */
  void assertSameBytes() {
    ChunkPartition partition = new ChunkPartition(layout, ranks.length);
    for (int rank = 0; rank < ranks.length; rank++) {
      Participant each = ranks[rank];
      each.report();
      SimulatedTrainStep wanted = reference.get(goal);
      assertTrue(each.trainStep.sameWeights(wanted), each.name + " has other weights");
      int holds = 0;
      for (int chunk = 0; chunk < partition.chunks(); chunk++) {
        assertEquals(goal, each.held.weights(chunk));
        boolean held = partition.holds(rank, chunk);
        assertEquals(held ? goal : HeldState.NOTHING, each.held.moments(chunk));
        if (held) {
          assertTrue(
              each.trainStep.sameMoments(wanted, partition.chunk(chunk)),
              each.name + " has other moments");
          holds++;
        }
      }
      assertEquals(holds, each.trainStep.heldChunks());
      assertEquals(0, each.machine.refusedMessages() + each.machine.staleMessages());
    }
    assertEquals(goal, reported.size(), () -> "only steps " + reported + " were reported");
  }
}
