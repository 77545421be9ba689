package io.hybnext.actors.exchange;

import org.agrona.DirectBuffer;

/**
 * Ways to the other members: one direct way to each, and one that all others read. Messages of one
 * sender on one way arrive in order and exactly once. Nothing here waits.
 */
public interface PeerLinks extends AutoCloseable {

  /** Bytes of the header of every message. */
  int HEADER_BYTES = Frame.HEADER_BYTES;

  /** Takes messages. */
  @FunctionalInterface
  interface Receiver {
    /**
     * Takes one message.
     *
     * @param buffer borrowed during the call
     * @return whether it was taken; otherwise the same message comes again with a later poll, and
     *     what its sender sent after it stays behind it
     */
    boolean onMessage(DirectBuffer buffer, int offset, int length);
  }

  /** Whether every other member is connected both ways. */
  boolean connected();

  /** Whether this member can send to another. */
  boolean connectedTo(int rank);

  /**
   * Notices what nobody else would tell.
   *
   * @throws ExchangeException when the links can never work again
   */
  void checkOpen();

  /**
   * Sends a message to one member.
   *
   * @param header {@link #HEADER_BYTES} bytes
   * @param entries from byte {@code offset}, {@code bytes} of them
   * @return false when there is no room now
   * @throws ExchangeException when it can never be sent
   */
  boolean trySend(int rank, DirectBuffer header, DirectBuffer entries, int offset, int bytes);

  /** As {@link #trySend}, to all other members. */
  boolean tryBroadcast(DirectBuffer header, DirectBuffer entries, int offset, int bytes);

  /**
   * Delivers messages that came on the direct ways.
   *
   * @return how many were delivered
   */
  int pollDirect(Receiver receiver, int limit);

  /** Delivers messages that came on the ways that all read. */
  int pollBroadcast(Receiver receiver, int limit);

  @Override
  void close();

  /** The links of a member that is alone. */
  PeerLinks NONE =
      new PeerLinks() {
        @Override
        public boolean connected() {
          return true;
        }

        @Override
        public void checkOpen() {}

        @Override
        public boolean connectedTo(int rank) {
          throw new IllegalArgumentException("no member " + rank);
        }

        @Override
        public boolean trySend(int rank, DirectBuffer h, DirectBuffer e, int offset, int bytes) {
          throw new IllegalArgumentException("no member " + rank);
        }

        @Override
        public boolean tryBroadcast(DirectBuffer h, DirectBuffer e, int offset, int bytes) {
          return true;
        }

        @Override
        public int pollDirect(Receiver receiver, int limit) {
          return 0;
        }

        @Override
        public int pollBroadcast(Receiver receiver, int limit) {
          return 0;
        }

        @Override
        public void close() {}
      };
}
