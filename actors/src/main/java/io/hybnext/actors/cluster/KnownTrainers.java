package io.hybnext.actors.cluster;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;

/** The trainer processes that said they are here, by name: how the coordinator reaches them. */
final class KnownTrainers {
  private final ActorSystem<?> system;
  private final Map<String, Known> trainers = new HashMap<>();

  private record Known(long incarnation, ActorRef<TrainerMessage> ref) {}

  KnownTrainers(ActorSystem<?> system) {
    this.system = system;
  }

  /** Notes a process; returns whether it was not known, or another of its name was. */
  boolean add(String trainer, long incarnation, ActorRef<TrainerMessage> ref) {
    Known known = trainers.get(trainer);
    if (known != null && known.ref().equals(ref)) {
      return false;
    }
    trainers.put(trainer, new Known(incarnation, ref));
    return true;
  }

  /** Whether the process that is known by that name is this one. */
  boolean isKnown(String trainer, long incarnation) {
    Known known = trainers.get(trainer);
    return known != null && known.incarnation() == incarnation;
  }

  /** The process that is known by that name. */
  OptionalLong incarnation(String trainer) {
    Known known = trainers.get(trainer);
    return known == null ? OptionalLong.empty() : OptionalLong.of(known.incarnation());
  }

  /** Tells one process, if it is known. */
  void tell(String trainer, long incarnation, TrainerMessage message) {
    if (isKnown(trainer, incarnation)) {
      trainers.get(trainer).ref().tell(message);
    }
  }

  /** Tells the members of a generation. */
  void tell(Generation generation, TrainerMessage message) {
    for (Member member : generation.members()) {
      tell(member.trainer(), member.incarnation(), message);
    }
  }

  /** Tells all of them. */
  void tellAll(TrainerMessage message) {
    trainers.values().forEach(trainer -> trainer.ref().tell(message));
  }

  /** The cluster need not wait for its failure detector: this process is known to be dead. */
  void bury(String trainer, long incarnation) {
    if (isKnown(trainer, incarnation)) {
      Address address = trainers.get(trainer).ref().path().address();
      if (address.hasGlobalScope()) {
        Undertaker.bury(Cluster.get(system), address);
      }
    }
  }
}
