package io.hybnext.actors.cluster;

import com.typesafe.config.Config;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.Address;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.remote.PhiAccrualFailureDetector;

/**
 * The cluster's failure detector, which can also be told: a member whose process is known to be
 * dead is unreachable at once. Without that the cluster keeps a member that was downed until it was
 * silent for as long as a member may be silent, and nobody takes over from it before. Made by
 * Pekko, one for each member that is watched, from {@code cluster.conf}.
 */
public final class GraveDetector extends PhiAccrualFailureDetector {
  /** Addresses where a process died, of all systems of this process: ports tell them apart. */
  private static final Set<String> DEAD = ConcurrentHashMap.newKeySet();

  private volatile String address = "";

  /** Called by Pekko. */
  public GraveDetector(Config config, EventStream events) {
    super(config, events);
  }

  /** Nothing will ever be heard again of who listened there. */
  static void bury(Address address) {
    DEAD.add(address.toString());
  }

  /** Called when something is heard from an address for the first time: a new process is there. */
  @Override
  public void setAddress(String watched) {
    super.setAddress(watched);
    DEAD.remove(watched);
    address = watched;
  }

  @Override
  public boolean isAvailable() {
    return !DEAD.contains(address) && super.isAvailable();
  }
}
