package io.hybnext.actors.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The shared memory through which members of one host pass messages: this member's slots, and those
 * of the others. What goes through Aeron is only a token, {@value #TOKEN_BYTES} bytes that tell
 * sender, slot and length: so the driver need not clear the memory of every message, and what is
 * written is read from the processor's cache.
 */
final class SlotSpace implements AutoCloseable {
  /** Bytes of a token: three int32. */
  static final int TOKEN_BYTES = 3 * Integer.BYTES;

  private final Hosts hosts;
  private final SlotLayout layout;
  private final String directory;
  private final int streams;
  private final SlotFile own;
  private final SlotFile[] others; // by rank, once they are mapped

  /** Takes the memory of this member's slots. */
  SlotSpace(String directory, int streams, Hosts hosts) {
    this.directory = directory;
    this.streams = streams;
    this.hosts = hosts;
    layout = new SlotLayout(hosts.members());
    others = new SlotFile[hosts.members()];
    List<int[]> used = new ArrayList<>();
    used.add(new int[] {0, layout.slotTo(0, 0)});
    for (int peer = 0; peer < hosts.members(); peer++) {
      if (peer != hosts.rank() && hosts.byMemory(peer)) {
        used.add(new int[] {layout.slotTo(peer, 0), layout.slotTo(peer + 1, 0)});
      }
    }
    used.add(new int[] {layout.slotToAll(0), layout.fileBytes()});
    own =
        SlotFile.create(
            SlotFile.path(directory, streams, hosts.rank()),
            layout.fileBytes(),
            used.toArray(int[][]::new));
  }

  /** One of this member's ways out; its slots are taken in turn. */
  final class Sending {
    private final int[] takers;
    private final boolean toAll;
    private final int slots;
    private long sent;
    private long room;

    private Sending(int[] takers, boolean toAll) {
      this.takers = takers;
      this.toAll = toAll;
      slots = toAll ? SlotLayout.TO_ALL : SlotLayout.TO_ONE;
      room = slots;
    }

    /** Whether a slot is free. */
    boolean hasRoom() {
      if (sent < room) {
        return true;
      }
      long least = Long.MAX_VALUE;
      for (int taker : takers) {
        least = Math.min(least, own.buffer().getLongVolatile(layout.taken(taker, toAll)));
      }
      room = least + slots;
      return sent < room;
    }

    /** The memory of all slots. */
    MutableDirectBuffer memory() {
      return own.buffer();
    }

    /** Where the free slot starts. */
    int offset() {
      return offset((int) (sent % slots));
    }

    private int offset(int slot) {
      return toAll ? layout.slotToAll(slot) : layout.slotTo(takers[0], slot);
    }

    /** Writes the token of the slot, which now holds a message; the next one is taken after it. */
    void token(MutableDirectBuffer to, int at, int messageBytes) {
      to.putInt(at, hosts.rank());
      to.putInt(at + 4, (int) (sent % slots));
      to.putInt(at + 8, messageBytes);
      sent++;
    }

    /** Whether everybody has taken a message, and so has mapped the memory. */
    private boolean known() {
      for (int taker : takers) {
        if (own.buffer().getLongVolatile(layout.taken(taker, toAll)) == 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** The way to one member. */
  Sending to(int peer) {
    return new Sending(new int[] {peer}, false);
  }

  /** The way to all members of this host. */
  Sending toAll() {
    int[] takers =
        IntStream.range(0, hosts.members())
            .filter(peer -> peer != hosts.rank() && hosts.byMemory(peer))
            .toArray();
    return new Sending(takers, true);
  }

  /** What comes from other members on their ways to this one, or on those to all. */
  final class Receiving {
    private final boolean toAll;
    private final long[] taken = new long[hosts.members()];
    private int sender;
    private int offset;
    private int bytes;

    private Receiving(boolean toAll) {
      this.toAll = toAll;
    }

    /** Reads a token; false when it makes no sense or its sender has left. */
    boolean find(DirectBuffer token, int at, int length) {
      if (length != TOKEN_BYTES) {
        return false;
      }
      sender = token.getInt(at);
      int slot = token.getInt(at + 4);
      bytes = token.getInt(at + 8);
      boolean sane =
          sender >= 0
              && sender < taken.length
              && sender != hosts.rank()
              && hosts.byMemory(sender)
              && slot >= 0
              && slot < (toAll ? SlotLayout.TO_ALL : SlotLayout.TO_ONE)
              && bytes >= 0
              && bytes <= SlotLayout.SLOT_BYTES;
      offset = toAll ? layout.slotToAll(slot) : layout.slotTo(hosts.rank(), slot);
      return sane && memoryOf(sender) != null;
    }

    /** Memory of the message found last. */
    UnsafeBuffer memory() {
      return others[sender].buffer();
    }

    int offset() {
      return offset;
    }

    int bytes() {
      return bytes;
    }

    int sender() {
      return sender;
    }

    /** Gives the slot back to its sender. */
    void taken() {
      long count = ++taken[sender];
      memory().putLongRelease(layout.taken(hosts.rank(), toAll), count);
    }
  }

  /** What members send to this one alone, or to all. */
  Receiving receiving(boolean toAll) {
    return new Receiving(toAll);
  }

  /** Maps the slots of all other members of this host; false when one has none, or has left. */
  boolean mapOthers() {
    for (int peer = 0; peer < others.length; peer++) {
      if (peer != hosts.rank() && hosts.byMemory(peer) && memoryOf(peer) == null) {
        return false;
      }
    }
    return true;
  }

  private SlotFile memoryOf(int peer) {
    if (others[peer] == null) {
      others[peer] = SlotFile.open(SlotFile.path(directory, streams, peer), layout.fileBytes());
    }
    return others[peer];
  }

  /** Takes the file's name away once every member of this host has mapped it. */
  boolean unnameWhenKnown(List<Sending> ways) {
    for (Sending way : ways) {
      if (!way.known()) {
        return false;
      }
    }
    own.unname();
    return true;
  }

  @Override
  public void close() {
    own.close();
    for (SlotFile other : others) {
      if (other != null) {
        other.close();
      }
    }
  }
}
