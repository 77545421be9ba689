package io.hybnext.actors.cluster;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Looks, while a trainer has lost its coordinator, whether the run was started again: a process
 * answers where members join it that is not in the trainer's cluster. One that is will be its next
 * coordinator without more ado.
 */
final class Lookout {
  private static final long LOOK_MS = 1_000;

  /** Who leaves in order answers for a while, and leads no other run meanwhile. */
  private static final Set<MemberStatus> HERE =
      Set.of(MemberStatus.up(), MemberStatus.leaving(), MemberStatus.exiting());

  private final ActorSystem<Trainer.Command> system;
  private final String trainer;
  private final LeaderAddress leader;
  private volatile Endpoint found; // null until somebody is

  Lookout(ActorSystem<Trainer.Command> system, String trainer, LeaderAddress leader) {
    this.system = system;
    this.trainer = trainer;
    this.leader = leader;
  }

  /** Begins to look, until the system ends. */
  void begin() {
    CompletableFuture.delayedExecutor(LOOK_MS, TimeUnit.MILLISECONDS).execute(this::look);
  }

  private void look() {
    if (system.getWhenTerminated().toCompletableFuture().isDone()) {
      return;
    }
    if (WorkState.get(system).isLost()) {
      leader.answering().filter(at -> !isMember(at)).ifPresent(this::find);
    }
    begin();
  }

  private void find(Endpoint at) {
    found = at;
    system.tell(new Trainer.Elsewhere(sentence(at)));
  }

  private String sentence(Endpoint at) {
    return trainer + " lost the coordinator; the run was started again at " + at;
  }

  /** Whether a process of the trainer's own cluster, not lost as well, listens there. */
  private boolean isMember(Endpoint at) {
    ClusterEvent.CurrentClusterState state = Cluster.get(system).state();
    for (Member member : state.getMembers()) {
      boolean same = ClusterNode.endpoint(member.address()).equals(at);
      boolean there = HERE.contains(member.status()) && !state.getUnreachable().contains(member);
      if (same && there) {
        return true;
      }
    }
    return false;
  }

  /** Where the run is led that the trainer ended for; empty when it ended for another reason. */
  Optional<Endpoint> elsewhere(String reason) {
    return Optional.ofNullable(found).filter(at -> reason.equals(sentence(at)));
  }
}
