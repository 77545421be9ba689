package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.actors.checkpoint.RunIdentity;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.lifeline.LifelineAddress;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunLimits;
import io.hybnext.actors.run.RunPlan;
import io.hybnext.actors.run.RunSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes of different releases meet. */
@Timeout(120)
class VersionsTest {
  private static final ProtocolVersion NEWER = new ProtocolVersion(3, "9.0.0");

  @TempDir Path folder;

  @Test
  void shouldRunTogetherWhereOnlyTheReleaseDiffers() {
    ProtocolVersion patched = new ProtocolVersion(ProtocolVersion.OWN.protocol(), "0.1.7");
    assertEquals(Optional.empty(), ProtocolVersion.OWN.refusal("trainer-0", patched));
    assertEquals(Optional.empty(), patched.refusal("trainer-0", ProtocolVersion.OWN));
  }

  @Test
  void shouldSayWhichSideIsToBeUpgraded() {
    String own = Release.NUMBER + " (protocol 2)";
    assertEquals(
        "trainer-0 is hybnext 9.0.0 (protocol 3), and the coordinator is hybnext "
            + own
            + ": they cannot work together; upgrade the coordinator",
        ProtocolVersion.OWN.refusal("trainer-0", NEWER).orElseThrow());
    assertEquals(
        "trainer-0 is hybnext "
            + own
            + ", and the coordinator is hybnext 9.0.0 (protocol 3): they cannot work together;"
            + " upgrade the trainer",
        NEWER.refusal("trainer-0", ProtocolVersion.OWN).orElseThrow());
  }

  /** A trainer of another release: says that it is here, and keeps what it hears. */
  private static Behavior<Object> stranger(CompletableFuture<TrainerMessage.Leave> heard) {
    return Behaviors.setup(
        context -> {
          ActorRef<TrainerMessage> self = context.getSelf().unsafeUpcast().narrow();
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.subscribe(Coordinator.KEY, context.getSelf().narrow()));
          return Behaviors.receive(Object.class)
              .onMessage(
                  Receptionist.Listing.class,
                  listing -> {
                    for (var found : listing.getServiceInstances(Coordinator.KEY)) {
                      CoordinatorMessage here =
                          new CoordinatorMessage.Here(
                              "stranger", 1, "here", "", self, Optional.empty(), NEWER);
                      found.tell(here);
                      found.tell(here);
                    }
                    return Behaviors.same();
                  })
              .onMessage(
                  TrainerMessage.Leave.class,
                  leave -> {
                    heard.complete(leave);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  @Test
  void shouldRefuseATrainerOfAnotherProtocolWhereBothSidesCanReadIt() throws Exception {
    CompletableFuture<String> told = new CompletableFuture<>();
    TrainingRun run =
        TrainingRun.start(
            new TrainingRunSettings(
                new RunSettings(
                    new RunIdentity("run", "settings", "data", "test"),
                    new RunPlan(1, 1, 1, 1, 1, 1, folder.resolve("c").toString(), "", "none"),
                    RunLimits.DEFAULTS),
                Endpoint.loopback(),
                folder.resolve("run.jsonl"),
                1),
            TrainerLauncher.none(),
            event -> {
              if (event instanceof ProgressEvent.TrainerChanged changed) {
                told.complete(changed.detail());
              }
            });
    CompletableFuture<TrainerMessage.Leave> heard = new CompletableFuture<>();
    ActorSystem<Object> other =
        ClusterNode.start(
            stranger(heard),
            Endpoint.loopback(),
            "trainer",
            folder.resolve("cluster.lock"),
            Optional.empty(),
            Optional.empty());
    ClusterNode.join(other, List.of(run.endpoint()), Optional.empty(), Optional.empty());
    TrainerMessage.Leave leave = heard.get(100, TimeUnit.SECONDS);
    assertTrue(leave.refused());
    assertEquals(ProtocolVersion.OWN.refusal("stranger", NEWER).orElseThrow(), leave.reason());
    assertEquals(leave.reason(), told.get(100, TimeUnit.SECONDS));
    other.terminate();
    run.leave();
    other.getWhenTerminated().toCompletableFuture().get(100, TimeUnit.SECONDS);
  }

  /** Releases before there were versions, and later ones that say more. */
  @Test
  void shouldReadMessagesThatLackFieldsOrHaveMore() throws Exception {
    ActorSystem<Void> system =
        ClusterNode.start(
            Behaviors.<Void>empty(),
            Endpoint.loopback(),
            "trainer",
            folder.resolve("cluster.lock"),
            Optional.empty(),
            Optional.empty());
    ObjectMapper mapper =
        JacksonObjectMapperProvider.get(system).getOrCreate("jackson-cbor", Optional.empty());
    TrainerMessage.Welcome welcome =
        new TrainerMessage.Welcome(new LifelineAddress("here", 1, "secret"), NEWER);
    ObjectNode tree = (ObjectNode) mapper.readTree(mapper.writeValueAsBytes(welcome));
    tree.remove("version");
    tree.put("more", 7);
    TrainerMessage.Welcome old =
        mapper.readValue(mapper.writeValueAsBytes(tree), TrainerMessage.Welcome.class);
    assertEquals(ProtocolVersion.UNKNOWN, old.version());
    assertEquals(welcome.lifeline(), old.lifeline());
    ObjectNode leave =
        (ObjectNode)
            mapper.readTree(mapper.writeValueAsBytes(new TrainerMessage.Leave("done", true)));
    leave.remove("refused");
    assertEquals(
        new TrainerMessage.Leave("done", false),
        mapper.readValue(mapper.writeValueAsBytes(leave), TrainerMessage.Leave.class));
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(100, TimeUnit.SECONDS);
  }
}
