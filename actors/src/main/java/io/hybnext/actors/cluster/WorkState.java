package io.hybnext.actors.cluster;

import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Whether this process does what it is for: a trainer that a coordinator knows, or a process that
 * leads the run or stands by to. For those that ask from outside; thread-safe.
 */
public final class WorkState implements Extension {
  private static final Id ID = new Id();

  private final ActorSystem<?> system;
  private volatile boolean engaged;
  private volatile boolean lost;

  private static final class Id extends ExtensionId<WorkState> {
    @Override
    public WorkState createExtension(ActorSystem<?> system) {
      return new WorkState(system);
    }
  }

  private WorkState(ActorSystem<?> system) {
    this.system = system;
  }

  /** That of this process's part of the cluster. */
  public static WorkState get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** Notes that it found its work, or lost it. */
  void engaged(boolean now) {
    lost = !now && (engaged || lost);
    engaged = now;
  }

  /** Whether it had its work and lost it. */
  boolean isLost() {
    return lost;
  }

  /** Whether it is a member of the cluster and has its work. */
  public boolean isAtWork() {
    return engaged && Cluster.get(system).selfMember().status() == MemberStatus.up();
  }
}
