package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.ExchangeMachine.Phase;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ExchangeMachineTest {
  private static final BucketLayout LAYOUT =
      new BucketLayout(List.of(new Bucket("a", 100), new Bucket("b", 30), new Bucket("c", 100)));
  private static final ExchangeSettings SETTINGS = ExchangeSettings.defaults().withPieceLength(8);

  private static Place place(int rank, int members) {
    return place(rank, members, 4);
  }

  private static Place place(int rank, int members, int microshards) {
    List<String> names = List.of("trainer-0", "trainer-1", "trainer-2").subList(0, members);
    return new Place(1, 1, rank, names, MicroshardRange.split(microshards, members));
  }

  private static ExchangeMachine machine(int rank, SimulatedNetwork network) {
    return new ExchangeMachine(place(rank, 2), LAYOUT, network.links(rank), SETTINGS);
  }

  private static HeldState all() {
    HeldState held = new HeldState(LAYOUT);
    held.reset(0);
    return held;
  }

  private static SimulatedTrainStep initialised() {
    SimulatedTrainStep trainStep = new SimulatedTrainStep(LAYOUT);
    trainStep.initialise();
    return trainStep;
  }

  @Test
  void shouldRefuseCallsOutOfTurn() {
    ExchangeMachine machine = machine(0, new SimulatedNetwork(2, new Random(1)));
    assertThrows(IllegalStateException.class, () -> machine.begin(0));
    assertThrows(IllegalStateException.class, machine::settlement);
    machine.settle(initialised(), all());
    assertThrows(IllegalStateException.class, () -> machine.settle(initialised(), all()));
    assertThrows(IllegalStateException.class, () -> machine.finish(initialised()));
    assertEquals(Phase.SETTLE, machine.phase());
  }

  @Test
  void shouldNeedNobodyWhenAlone() {
    ExchangeMachine machine = new ExchangeMachine(place(0, 1), LAYOUT, PeerLinks.NONE, SETTINGS);
    SimulatedTrainStep trainStep = initialised();
    HeldState held = all();
    machine.settle(trainStep, held);
    while (machine.phase() != Phase.READY) {
      assertTrue(machine.advance() > 0, "nothing to wait for");
    }
    machine.begin(0);
    assertThrows(IllegalStateException.class, () -> machine.finish(trainStep), "no gradients yet");
    for (int microshard = 0; microshard < 4; microshard++) {
      machine.add(microshard, 2, trainStep.gradient(0, microshard, 2));
      machine.add(microshard, 1, trainStep.gradient(0, microshard, 1));
      machine.add(microshard, 0, trainStep.gradient(0, microshard, 0));
      machine.addLoss(microshard, LinearTrainStep.loss(0, microshard));
    }
    machine.finish(trainStep);
    while (machine.phase() != Phase.READY) {
      assertTrue(machine.advance() > 0, "nothing to wait for");
    }
    assertEquals(1, held.committed());
    assertEquals(230 * Float.BYTES, held.sumBytes(), "one sum of each chunk");
    assertThrows(IllegalArgumentException.class, () -> machine.begin(0));
  }

  @Test
  void shouldCommitNowhereBeforeTheDeputyHasTheSum() {
    BucketLayout one = new BucketLayout(List.of(new Bucket("all", 20)));
    SimulatedNetwork network = new SimulatedNetwork(3, new Random(9));
    List<ExchangeMachine> machines = new ArrayList<>();
    List<HeldState> states = new ArrayList<>();
    List<SimulatedTrainStep> trainSteps = new ArrayList<>();
    for (int rank = 0; rank < 3; rank++) {
      HeldState held = new HeldState(one);
      held.reset(0);
      states.add(held);
      trainSteps.add(new SimulatedTrainStep(one));
      trainSteps.get(rank).initialise();
      machines.add(new ExchangeMachine(place(rank, 3, 3), one, network.links(rank), SETTINGS));
      machines.get(rank).settle(trainSteps.get(rank), held);
    }
    advance(machines, 2_000);
    int owner = new ChunkPartition(one, 3).owner(0);
    int deputy = new ChunkPartition(one, 3).deputy(0);
    network.holdUp(owner, deputy, true);
    for (int rank = 0; rank < 3; rank++) {
      machines.get(rank).begin(0);
      machines.get(rank).add(rank, 0, trainSteps.get(rank).gradient(0, rank, 0));
      machines.get(rank).addLoss(rank, LinearTrainStep.loss(0, rank));
      machines.get(rank).finish(trainSteps.get(rank));
    }
    advance(machines, 5_000);
    states.forEach(held -> assertEquals(0, held.committed()));
    assertEquals(0, states.get(owner).sum(0), "summed, and not committed");
    network.holdUp(owner, deputy, false);
    advance(machines, 2_000);
    states.forEach(held -> assertEquals(1, held.committed()));
    machines.forEach(machine -> assertEquals(Phase.READY, machine.phase()));
  }

  private static void advance(List<ExchangeMachine> machines, int times) {
    for (int i = 0; i < times; i++) {
      machines.forEach(ExchangeMachine::advance);
    }
  }

  @Test
  void shouldStopInTheMiddleOfAGradientWhenAborted() {
    SimulatedNetwork network = new SimulatedNetwork(2, new Random(3));
    PeerLinks other = network.links(1);
    AbortingLinks links = new AbortingLinks(network.links(0));
    ExchangeMachine machine = new ExchangeMachine(place(0, 2, 2), LAYOUT, links, SETTINGS);
    ExchangeMachine peer = new ExchangeMachine(place(1, 2, 2), LAYOUT, other, SETTINGS);
    SimulatedTrainStep trainStep = initialised();
    machine.settle(trainStep, all());
    peer.settle(initialised(), all());
    while (machine.phase() != Phase.READY || peer.phase() != Phase.READY) {
      machine.advance();
      peer.advance();
    }
    machine.begin(0);
    links.victim = machine;
    String reason =
        assertThrows(ExchangeException.class, () -> machine.add(0, 2, trainStep.gradient(0, 0, 2)))
            .getMessage();
    assertEquals("generation 2 follows", reason);
    assertEquals(1, links.sentAfterwards, "only the message at hand");
    assertThrows(ExchangeException.class, machine::advance);
  }

  /** Aborts, as another thread would, while the first piece of a gradient is sent. */
  private static final class AbortingLinks implements PeerLinks {
    private final PeerLinks links;
    ExchangeMachine victim;
    int sentAfterwards;

    AbortingLinks(PeerLinks links) {
      this.links = links;
    }

    @Override
    public boolean connected() {
      return links.connected();
    }

    @Override
    public boolean connectedTo(int rank) {
      return links.connectedTo(rank);
    }

    @Override
    public void checkOpen() {}

    @Override
    public boolean trySend(int rank, DirectBuffer header, DirectBuffer e, int offset, int bytes) {
      if (victim != null) {
        victim.abort("generation 2 follows");
        sentAfterwards++;
        return true;
      }
      return links.trySend(rank, header, e, offset, bytes);
    }

    @Override
    public boolean tryBroadcast(DirectBuffer header, DirectBuffer e, int offset, int bytes) {
      return links.tryBroadcast(header, e, offset, bytes);
    }

    @Override
    public int pollDirect(Receiver receiver, int limit) {
      return links.pollDirect(receiver, limit);
    }

    @Override
    public int pollBroadcast(Receiver receiver, int limit) {
      return links.pollBroadcast(receiver, limit);
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldNameWhoIsSilentByTheClockThatItIsGiven() {
    AtomicLong nowNs = new AtomicLong();
    SimulatedNetwork network = new SimulatedNetwork(2, new Random(5));
    network.links(1);
    ExchangeMachine machine =
        new ExchangeMachine(place(0, 2), LAYOUT, network.links(0), SETTINGS.withClock(nowNs::get));
    machine.settle(initialised(), all());
    while (machine.advance() > 0) {
      assertFalse(machine.phase() == Phase.READY);
    }
    assertTrue(machine.owes(1));
    nowNs.set(Duration.ofSeconds(2).toNanos());
    machine.checkWaiting(0, Duration.ofSeconds(3));
    nowNs.set(Duration.ofSeconds(4).toNanos());
    String message =
        assertThrows(ExchangeException.class, () -> machine.checkWaiting(0, Duration.ofSeconds(3)))
            .getMessage();
    assertTrue(message.startsWith("trainer-1: silent for more than 3.0 s"), message);
  }

  @Test
  void shouldSayThatVersionsOfTheProtocolDiffer() {
    SimulatedNetwork network = new SimulatedNetwork(2, new Random(7));
    PeerLinks newer = network.links(1);
    ExchangeMachine machine = machine(0, network);
    machine.settle(initialised(), all());
    UnsafeBuffer hello = new UnsafeBuffer(new byte[PeerLinks.HEADER_BYTES]);
    Frame.writeSender(hello, 1, 1, 1);
    Frame.write(hello, Frame.HELLO, Conversation.FIRST_SETTLEMENT, 4, 0, 0, 2, 4);
    hello.putInt(52, Frame.VERSION + 1);
    while (!newer.trySend(0, hello, hello, 0, 0)) {}
    String message =
        assertThrows(
                ExchangeException.class,
                () -> {
                  while (true) {
                    machine.advance();
                  }
                })
            .getMessage();
    assertTrue(message.contains("speaks version") && message.contains("upgrade"), message);
  }
}
