package io.hybnext.actors.lifeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.hybnext.actors.lifeline.PulseBoard.Change;
import io.hybnext.actors.lifeline.PulseBoard.Pulse;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real connections on the loopback interface. */
@Timeout(60)
class LifelineTest {
  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
  private LifelineServer server;

  private void listen(Duration silence) throws Exception {
    server = LifelineServer.start("127.0.0.1", silence, changes::add);
  }

  /** Nobody is so silent that it would be told. */
  @BeforeEach
  void listen() throws Exception {
    listen(Duration.ofMinutes(10));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Change next() throws InterruptedException {
    Change change = changes.poll(30, TimeUnit.SECONDS);
    assertNotNull(change);
    return change;
  }

  /** On a busy machine it may be silent, and heard again, in between. */
  private void await(Pulse pulse) throws InterruptedException {
    Change change = next();
    while (change.pulse() != pulse) {
      change = next();
    }
  }

  private Socket connect(String firstLine) throws Exception {
    Socket socket = new Socket(server.address().host(), server.address().port());
    socket.getOutputStream().write(firstLine.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  @Test
  void shouldTellOfTheEndOfAProcess() throws Exception {
    Lifeline lifeline = Lifeline.start(server.address(), "trainer 0 é", 7, () -> {});
    try (Socket other = connect(server.address().token() + " 8 - other\n")) {
      other.getOutputStream().write(1);
    }
    assertEquals("other", next().process());
    lifeline.close();
    Change end = next();
    while (!end.process().equals("trainer 0 é")) {
      end = next();
    }
    assertEquals(7, end.incarnation());
  }

  @Test
  void shouldTellOfAProcessThatSaysNothingMore() throws Exception {
    server.close();
    listen(Duration.ofMillis(500));
    try (Socket silent = connect(server.address().token() + " 8 - other\n")) {
      silent.getOutputStream().write(1);
      assertEquals(Pulse.SILENT, next().pulse());
    }
  }

  @Test
  void shouldListenToNobodyWithoutTheToken() throws Exception {
    for (String line : new String[] {"guess 1 trainer-0\n", "GET / HTTP/1.1\n", "\n", "x\n"}) {
      try (Socket socket = connect(line)) {
        assertEquals(-1, socket.getInputStream().read());
      }
    }
    assertEquals(0, changes.size());
  }

  @Test
  void shouldConnectAgainWhenTheConnectionBreaks() throws Exception {
    server.close();
    listen(Duration.ofMillis(100));
    LifelineAddress address = server.address();
    try (Socket first = connect(address.token() + " 1 - trainer-0\n")) {
      await(Pulse.SILENT); // so its line was read, which a reset could overtake
      first.setSoLinger(true, 0); // a reset
    }
    await(Pulse.CUT);
    Lifeline again = Lifeline.start(address, "trainer-0", 1, () -> {});
    await(Pulse.HEARD);
    again.close();
    await(Pulse.CUT);
    await(Pulse.DEAD);
  }

  @Test
  void shouldNoticeThatNobodyListensAnyMore() throws Exception {
    BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    Lifeline lifeline = Lifeline.start(server.address(), "trainer-0", 1, () -> refused.add("x"));
    server.close();
    assertNotNull(refused.poll(30, TimeUnit.SECONDS));
    lifeline.close();
  }
}
