package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.driver.MediaDriverHost;
import java.io.BufferedReader;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the links tell when a member's process ends in the middle of sending. {@code
 * -Dhybnext.kills=100} kills more often and tells medians and 99th percentiles.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemberDeathTest {
  private static final long LIMIT_MS = 8_000; // some 25 on a quiet machine; without watching 10 s

  private static final int KILLS = Integer.getInteger("hybnext.kills", 1);

  @TempDir Path folder;

  @Test
  void shouldTellAtOnceThatAMemberOfTheSameHostWasKilled() throws Exception {
    Path driver = folder.resolve("aeron");
    try (MediaDriverHost host = MediaDriverHost.launch(driver)) {
      checkKills(() -> killAndWait(List.of("", ""), driver, driver));
    }
  }

  @Test
  void shouldTellAtOnceThatAMemberOfAnotherHostWasKilled() throws Exception {
    Path here = folder.resolve("here");
    Path there = folder.resolve("there");
    try (MediaDriverHost one = MediaDriverHost.launch(here);
        MediaDriverHost other = MediaDriverHost.launch(there)) {
      List<String> hosts = List.of("127.0.0.1:" + freePort(), "127.0.0.1:" + freePort());
      checkKills(() -> killAndWait(hosts, here, there));
    }
  }

  private static void checkKills(Callable<Long> kill) throws Exception {
    long[] tookMs = new long[KILLS];
    for (int i = 0; i < KILLS; i++) {
      tookMs[i] = kill.call();
    }
    Arrays.sort(tookMs);
    long late = tookMs[(KILLS - 1) * 99 / 100];
    System.out.println(
        KILLS + " kills: told after " + tookMs[KILLS / 2] + " ms, p99 " + late + " ms");
    assertTrue(late < LIMIT_MS, "told after " + late + " ms");
  }

  private static int freePort() throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      return socket.getLocalPort();
    }
  }

  private static long killAndWait(List<String> hosts, Path here, Path there) throws Exception {
    Process other = MemberProcess.start(1, hosts, there);
    try (AeronClient client = new AeronClient(here.toString());
        PeerLinks links = open(client, hosts)) {
      awaitConnected(other, links);
      long killedNs = System.nanoTime();
      other.destroyForcibly();
      ExchangeException told = assertThrows(ExchangeException.class, () -> listen(links));
      long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNs);
      assertTrue(told.getMessage().startsWith("trainer-1 died"), told.getMessage());
      return tookMs;
    } finally {
      other.destroyForcibly();
    }
  }

  private static PeerLinks open(AeronClient client, List<String> hosts) {
    ExchangeSettings settings =
        ExchangeSettings.defaults().withTermLength(1 << 20).withEncryption(Encryption.NEVER);
    return client.open(MemberProcess.generation(hosts), "trainer-0", settings);
  }

  private static void awaitConnected(Process other, PeerLinks links) throws Exception {
    while (!links.connected()) {
      assertTrue(other.isAlive());
      Thread.onSpinWait();
    }
    BufferedReader lines = other.inputReader();
    assertEquals(MemberProcess.CONNECTED, lines.readLine());
  }

  private static void listen(PeerLinks links) {
    while (true) {
      links.pollBroadcast((buffer, offset, length) -> true, 16);
      links.checkOpen();
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldNotMistakeAGoodByeForADeath() throws Exception {
    Path driver = folder.resolve("aeron");
    try (MediaDriverHost host = MediaDriverHost.launch(driver)) {
      Process other = MemberProcess.start(1, List.of("", ""), driver);
      try (AeronClient client = new AeronClient(driver.toString());
          PeerLinks links = open(client, List.of("", ""))) {
        awaitConnected(other, links);
        other.outputWriter().append("leave\n").flush();
        long goneNs = 0;
        while (goneNs == 0 || System.nanoTime() - goneNs < 300_000_000) {
          links.pollBroadcast((buffer, offset, length) -> true, 16);
          links.checkOpen(); // does not throw
          goneNs = goneNs == 0 && !links.connectedTo(1) ? System.nanoTime() : goneNs;
        }
        assertTrue(other.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, other.exitValue());
      } finally {
        other.destroyForcibly();
      }
    }
  }
}
