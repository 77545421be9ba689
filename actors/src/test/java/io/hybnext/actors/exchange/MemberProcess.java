package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.driver.JavaCommand;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A member in a process of its own that sends to all others until it is killed or told to leave.
 */
final class MemberProcess {
  static final String CONNECTED = "connected";

  private MemberProcess() {}

  static Generation generation(List<String> hosts) {
    List<MicroshardRange> ranges = MicroshardRange.split(hosts.size(), hosts.size());
    List<Member> members = new ArrayList<>();
    for (int rank = 0; rank < hosts.size(); rank++) {
      members.add(new Member("trainer-" + rank, 1, rank, ranges.get(rank), hosts.get(rank)));
    }
    return new Generation("run", 1, members, 0, "", "", Channels.MEMORY);
  }

  static Process start(int rank, List<String> hosts, Path driver) throws Exception {
    List<String> command = new ArrayList<>(JavaCommand.prefix("-XX:TieredStopAtLevel=1"));
    command.add(MemberProcess.class.getName());
    command.addAll(List.of("" + rank, String.join(",", hosts), driver.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  public static void main(String[] arguments) throws Exception {
    Generation generation = generation(List.of(arguments[1].split(",", -1)));
    ExchangeSettings settings =
        ExchangeSettings.defaults().withTermLength(1 << 20).withEncryption(Encryption.NEVER);
    UnsafeBuffer header = new UnsafeBuffer(new byte[Frame.HEADER_BYTES]);
    UnsafeBuffer entries = new UnsafeBuffer(new byte[40_000]);
    try (AeronClient client = new AeronClient(arguments[2]);
        PeerLinks links = client.open(generation, "trainer-" + arguments[0], settings)) {
      while (!links.connected()) {
        Thread.onSpinWait();
      }
      System.out.println(CONNECTED);
      while (System.in.available() == 0) {
        links.tryBroadcast(header, entries, 0, entries.capacity());
        links.pollBroadcast((buffer, offset, length) -> true, 16);
      }
    }
  }
}
