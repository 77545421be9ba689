package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.typesafe.config.ConfigFactory;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.health.Activity;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.lifeline.LifelineAddress;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.run.Position;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.StepReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.serialization.jackson.JacksonCborSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every message crosses a process border and comes back the same. */
class MessagesTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }")
              .withFallback(ConfigFactory.parseResources(ClusterNode.class, "cluster.conf"))
              .withFallback(ConfigFactory.load()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static List<CborMessage> messages() {
    Member member = new Member("trainer-0", 1, 0, new MicroshardRange(0, 4));
    CheckpointRequest request = new CheckpointRequest(8, 1, "/run/.partial");
    CheckpointFile file = new CheckpointFile("a.bin", 1L << 40, "abc");
    StepReport report =
        new StepReport(
            7,
            1.25,
            Double.NaN,
            0,
            9,
            Double.POSITIVE_INFINITY,
            false,
            1e-3,
            1,
            2,
            3,
            4,
            1_700_000_000_000L,
            List.of(5L));
    return List.of(
        new TrainerMessage.Announce(
            new Generation("run", 3, List.of(member), 8, "/run/step-8", "/aeron", "aeron:ipc")),
        new TrainerMessage.Proceed(3, 2, 11, Optional.of(request), 7),
        new TrainerMessage.Proceed(3, 2, 11, Optional.empty(), 7),
        new TrainerMessage.Hold(3, 2),
        new TrainerMessage.Abort(3, "gone"),
        new TrainerMessage.Welcome(
            new LifelineAddress("10.0.0.5", 40000, "secret"), new ProtocolVersion(3, "1.2.3")),
        new TrainerMessage.Leave("", false),
        new CoordinatorMessage.Here(
            "trainer-0",
            1,
            "here",
            "10.0.0.5:24500",
            KIT.<TrainerMessage>createTestProbe().getRef(),
            Optional.of(
                new Position(
                    new Generation(
                        "run", 3, List.of(member), 8, "/run/step-8", "/aeron", "aeron:ipc"),
                    true,
                    7)),
            new ProtocolVersion(3, "1.2.3")),
        new CoordinatorMessage.Ready(
            "trainer-0", 3, 8, List.of(report), new PrepareTimes(1, 2, true)),
        new CoordinatorMessage.Broken("trainer-0", 3, "silent", List.of("trainer-1"), true),
        new CoordinatorMessage.Waits("trainer-0", 3, List.of("trainer-1"), 500),
        new CoordinatorMessage.Held("trainer-0", 3, 2, 9),
        new CoordinatorMessage.StepDone("trainer-0", 3, report),
        new CoordinatorMessage.PartWritten("trainer-0", 3, 8, 1, List.of(file), 5),
        new CoordinatorMessage.PartFailed("trainer-0", 3, 8, 1, "disk full"),
        new CoordinatorMessage.VitalSigns("trainer-0", 1, vitals()),
        new CoordinatorMessage.Leaving("trainer-0", 1, "asked to leave"),
        new CoordinatorMessage.Ending("trainer-0", 1, ""));
  }

  private static Vitals vitals() {
    return new Vitals(
        Activity.Doing.EXCHANGING,
        12,
        List.of("trainer-1"),
        7,
        8,
        32,
        100.5,
        0.25,
        9,
        -1,
        new Vitals.Processor(40.5, 2.25),
        new Vitals.Memory(1L << 33, 1, 2, 3, 4),
        new Vitals.Device("GPU 0", 5, 6, "fallen off the bus"));
  }

  @Test
  void shouldComeBackTheSameThroughCbor() {
    Serialization serialization = SerializationExtension.get(KIT.system());
    for (CborMessage message : messages()) {
      var serializer = serialization.findSerializerFor(message);
      assertInstanceOf(JacksonCborSerializer.class, serializer);
      byte[] bytes = serialization.serialize(message).get();
      String manifest = Serializers.manifestFor(serializer, message);
      assertEquals(
          message, serialization.deserialize(bytes, serializer.identifier(), manifest).get());
    }
  }

  @Test
  void shouldTakeAPartOfAReleaseThatDoesNotTellHowLongItTook() throws IOException {
    CoordinatorMessage.PartWritten told =
        new CoordinatorMessage.PartWritten("trainer-0", 3, 8, 1, List.of(), 5);
    Serialization serialization = SerializationExtension.get(KIT.system());
    var serializer = serialization.findSerializerFor(told);
    ObjectMapper cbor = new ObjectMapper(new CBORFactory());
    ObjectNode older = (ObjectNode) cbor.readTree(serialization.serialize(told).get());
    older.remove("captureNs");
    assertEquals(
        new CoordinatorMessage.PartWritten("trainer-0", 3, 8, 1, List.of(), 0),
        serialization
            .deserialize(
                cbor.writeValueAsBytes(older),
                serializer.identifier(),
                Serializers.manifestFor(serializer, told))
            .get());
  }

  @Test
  void shouldCoverEveryMessage() {
    List<Class<?>> known = new ArrayList<>();
    messages().forEach(message -> known.add(message.getClass()));
    Stream.of(TrainerMessage.class, CoordinatorMessage.class)
        .flatMap(kind -> Stream.of(kind.getPermittedSubclasses()))
        .forEach(kind -> assertTrue(known.contains(kind), kind.getName()));
  }

  @Test
  void shouldRefuseJavaSerialisation() {
    Serialization serialization = SerializationExtension.get(KIT.system());
    assertThrows(
        RuntimeException.class, () -> serialization.serialize(new ArrayList<>(List.of(1))).get());
  }
}
