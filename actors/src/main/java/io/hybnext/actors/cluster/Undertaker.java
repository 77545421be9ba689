package io.hybnext.actors.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;

/**
 * Takes members out of the cluster whose processes are known to be dead: their host answers, and
 * refuses the connection. The failure detector, which has only silence to go by, takes half a
 * minute to be as sure.
 */
final class Undertaker {
  private static final int CONNECT_MS = 500;

  private Undertaker() {}

  /** Looks at every other member; waits for connections, so not to be called by an actor. */
  static void look(ActorSystem<?> system) {
    Cluster cluster = Cluster.get(system);
    Address self = cluster.selfMember().address();
    List<Member> members = new ArrayList<>();
    cluster.state().getMembers().forEach(members::add);
    for (Member member : members) {
      Address address = member.address();
      if (!address.equals(self) && address.hasGlobalScope() && isRefused(address)) {
        bury(cluster, address);
      }
    }
  }

  /** Takes a member out whose process is known to be dead. */
  static void bury(Cluster cluster, Address address) {
    GraveDetector.bury(address);
    cluster.manager().tell(new Down(address));
  }

  private static boolean isRefused(Address address) {
    int port = (Integer) address.port().get();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.host().get(), port), CONNECT_MS);
      return false;
    } catch (ConnectException e) {
      return String.valueOf(e.getMessage()).contains("refused"); // a time-out proves nothing
    } catch (IOException unknown) {
      return false;
    }
  }
}
