package io.hybnext.actors.exchange;

import org.agrona.BitUtil;

/**
 * How the slots of a sender lie in its file: for every member, itself included, how many messages
 * that member has taken on its own way and on the way to all, each in a cache line pair; then the
 * slots of the way to each member; then those of the way to all. A slot holds one message.
 *
 * @param members of the generation
 */
record SlotLayout(int members) {
  /**
   * Bytes of a slot: the largest message and a little, so that slots do not start at the same sets
   * of the processor's caches.
   */
  static final int SLOT_BYTES = (1 << 16) + BitUtil.CACHE_LINE_LENGTH;

  /** Slots of the way to one member: a megabyte, so that those of a host fit its caches. */
  static final int TO_ONE = 16;

  /** Slots of the way to all. */
  static final int TO_ALL = 32;

  private static final int COUNTER_BYTES = 2 * BitUtil.CACHE_LINE_LENGTH;
  private static final int PAGE_BYTES = 4096;

  /** Where a member counts what it has taken, on the way to itself or on the way to all. */
  int taken(int member, boolean toAll) {
    return (2 * member + (toAll ? 1 : 0)) * COUNTER_BYTES;
  }

  /** Where a slot of the way to a member starts. */
  int slotTo(int member, int slot) {
    return slots() + (member * TO_ONE + slot) * SLOT_BYTES;
  }

  /** Where a slot of the way to all starts. */
  int slotToAll(int slot) {
    return slots() + (members * TO_ONE + slot) * SLOT_BYTES;
  }

  private int slots() {
    return BitUtil.align(2 * members * COUNTER_BYTES, PAGE_BYTES);
  }

  /** Length of the file. */
  int fileBytes() {
    return BitUtil.align(slotToAll(TO_ALL), PAGE_BYTES);
  }

  /** Memory that a host with so many members uses; a sender's slots to itself are never touched. */
  static long hostBytes(int here) {
    long slots = (long) here * ((here - 1) * TO_ONE + TO_ALL);
    return here < 2 ? 0 : slots * SLOT_BYTES + (long) here * 2 * PAGE_BYTES;
  }
}
