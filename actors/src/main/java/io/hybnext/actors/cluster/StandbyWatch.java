package io.hybnext.actors.cluster;

import io.hybnext.actors.run.ProgressEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/** Tells of processes that stand by to lead the run: that they came, and that they are gone. */
final class StandbyWatch {
  private final Consumer<ProgressEvent> listener;
  private final Address own;
  private final Set<Address> there = new HashSet<>();

  private StandbyWatch(Consumer<ProgressEvent> listener, Address own) {
    this.listener = listener;
    this.own = own;
  }

  /**
   * Creates the actor, in the process that leads.
   *
   * @param listener told on this actor's thread
   */
  static Behavior<MemberEvent> create(Consumer<ProgressEvent> listener) {
    return Behaviors.setup(
        context -> {
          Cluster cluster = Cluster.get(context.getSystem());
          cluster.subscriptions().tell(Subscribe.create(context.getSelf(), MemberEvent.class));
          StandbyWatch watch = new StandbyWatch(listener, cluster.selfMember().address());
          return Behaviors.receive(MemberEvent.class)
              .onMessage(MemberUp.class, up -> watch.onUp(up.member()))
              .onMessage(MemberRemoved.class, removed -> watch.onRemoved(removed.member()))
              .onAnyMessage(other -> Behaviors.same())
              .build();
        });
  }

  private Behavior<MemberEvent> onUp(Member member) {
    Address address = member.address();
    boolean stands = member.hasRole(ClusterNode.COORDINATOR) && !address.equals(own);
    if (stands && there.add(address)) {
      tell(address, true);
    }
    return Behaviors.same();
  }

  private Behavior<MemberEvent> onRemoved(Member member) {
    if (there.remove(member.address())) {
      tell(member.address(), false);
    }
    return Behaviors.same();
  }

  private void tell(Address address, boolean stands) {
    String place = ClusterNode.endpoint(address).toString();
    listener.accept(new ProgressEvent.StandbyChanged(place, stands));
  }
}
