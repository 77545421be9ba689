package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members 0 and 1 of one host, and member 2 of another. */
class SlotSpaceTest {
  private static final int STREAMS = 4096;

  @TempDir Path folder;

  private final UnsafeBuffer token = new UnsafeBuffer(new byte[SlotSpace.TOKEN_BYTES]);
  private SlotSpace zero;
  private SlotSpace one;

  @BeforeEach
  void take() {
    zero = space(0);
    one = space(1);
  }

  @AfterEach
  void giveBack() {
    zero.close();
    one.close();
  }

  private SlotSpace space(int rank) {
    Hosts hosts = new Hosts(rank, List.of("here:1", "here:1", "there:1"), true);
    return new SlotSpace(folder.toString(), STREAMS, hosts);
  }

  private void send(SlotSpace.Sending way, long value) {
    assertTrue(way.hasRoom());
    way.memory().putLong(way.offset(), value);
    way.token(token, 0, Long.BYTES);
  }

  private boolean find(SlotSpace.Receiving way) {
    return way.find(token, 0, token.capacity());
  }

  @Test
  void shouldShowTheReceiverWhatTheSenderWrote() {
    SlotSpace.Sending toOne = zero.to(1);
    SlotSpace.Receiving fromMembers = one.receiving(false);
    for (long value = 0; value < 5 * SlotLayout.TO_ONE; value++) {
      send(toOne, value);
      assertTrue(find(fromMembers));
      assertEquals(0, fromMembers.sender());
      assertEquals(Long.BYTES, fromMembers.bytes());
      assertEquals(value, fromMembers.memory().getLong(fromMembers.offset()));
      fromMembers.taken();
    }
  }

  @Test
  void shouldHaveNoRoomUntilTheReceiverHasTakenSomething() {
    for (boolean toAll : List.of(false, true)) {
      SlotSpace.Sending way = toAll ? zero.toAll() : zero.to(1);
      SlotSpace.Receiving from = one.receiving(toAll);
      int slots = toAll ? SlotLayout.TO_ALL : SlotLayout.TO_ONE;
      for (int i = 0; i < slots; i++) {
        send(way, i);
      }
      assertFalse(way.hasRoom());
      assertTrue(find(from)); // the last one's; they are taken in order
      assertFalse(way.hasRoom());
      from.taken();
      assertTrue(way.hasRoom());
      send(way, slots);
      assertFalse(way.hasRoom());
    }
  }

  @Test
  void shouldKeepWaysApart() {
    send(zero.to(1), 11);
    SlotSpace.Receiving direct = one.receiving(false);
    assertTrue(find(direct));
    send(zero.toAll(), 22);
    SlotSpace.Receiving toAll = one.receiving(true);
    assertTrue(find(toAll));
    assertEquals(11, direct.memory().getLong(direct.offset()));
    assertEquals(22, toAll.memory().getLong(toAll.offset()));
  }

  @Test
  void shouldRefuseTokensThatMakeNoSense() {
    SlotSpace.Receiving from = one.receiving(false);
    int[][] wrong = {
      {1, 0, 8}, // itself
      {2, 0, 8}, // on another host
      {3, 0, 8},
      {-1, 0, 8},
      {0, -1, 8},
      {0, SlotLayout.TO_ONE, 8},
      {0, 0, -1},
      {0, 0, SlotLayout.SLOT_BYTES + 1}
    };
    for (int[] each : wrong) {
      for (int i = 0; i < 3; i++) {
        token.putInt(i * Integer.BYTES, each[i]);
      }
      assertFalse(find(from), Arrays.toString(each));
    }
    assertFalse(from.find(token, 0, SlotSpace.TOKEN_BYTES - 1));
  }

  @Test
  void shouldLeaveNoNameBehindOnceEverybodyHasMappedTheMemory() {
    Path file = SlotFile.path(folder.toString(), STREAMS, 0);
    List<SlotSpace.Sending> ways = List.of(zero.to(1));
    send(ways.get(0), 5);
    assertFalse(zero.unnameWhenKnown(ways));
    assertTrue(Files.exists(file));
    SlotSpace.Receiving from = one.receiving(false);
    assertTrue(find(from));
    from.taken();
    assertTrue(zero.unnameWhenKnown(ways));
    assertFalse(Files.exists(file));
    send(ways.get(0), 6); // and goes on
    assertTrue(find(from));
    assertEquals(6, from.memory().getLong(from.offset()));
  }

  @Test
  void shouldRefuseTheTokenOfAMemberThatLeftBeforeItWasHeardOf() {
    send(zero.to(1), 5);
    zero.close();
    assertFalse(find(one.receiving(false)));
    zero = space(0);
  }

  @Test
  void shouldSayWhereMemoryCannotBeTaken() {
    String message =
        assertThrows(
                ExchangeException.class,
                () -> SlotFile.create(folder.resolve("none/slots"), 4096, new int[0][]))
            .getMessage();
    assertTrue(message.contains("shared memory for the exchange cannot be taken"), message);
  }
}
