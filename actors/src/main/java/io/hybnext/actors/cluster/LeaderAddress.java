package io.hybnext.actors.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/**
 * Where members join the run now, as its folder or a setting says: how a trainer that lost its
 * coordinator finds a run that was started again, which is another cluster. Asked by any thread;
 * may wait for a disk.
 */
@FunctionalInterface
public interface LeaderAddress {
  /** Nobody says. */
  LeaderAddress NONE = Optional::empty;

  /** The address; empty when nobody says, or it cannot be read. */
  Optional<Endpoint> now();

  /** The address where somebody answers now. */
  default Optional<Endpoint> answering() {
    return now().filter(LeaderAddress::answers);
  }

  private static boolean answers(Endpoint leader) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(leader.host(), leader.port()), 2_000);
      return true;
    } catch (IOException nobodyThere) {
      return false;
    }
  }
}
