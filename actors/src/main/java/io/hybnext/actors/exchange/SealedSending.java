package io.hybnext.actors.exchange;

import io.aeron.logbuffer.BufferClaim;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Seals what a member sends, on all its ways, on another thread. A message is copied and its place
 * in the log is claimed at once, so that the order of a way's messages is that of the calls; it is
 * sealed into its place, and then seen by others.
 */
final class SealedSending implements AutoCloseable {
  private static final int JOBS = 32; // some 2 MB that wait to be sealed
  private static final int WAYS_TO_ALL = 2; // messages that go out together

  private final Sealer sealer;
  private final CipherWorker worker;
  private final Sealing[] jobs = new Sealing[JOBS];
  private int next;
  private volatile RuntimeException failure;

  /** Starts the thread that seals. */
  SealedSending(Sealer sealer, String name) {
    this.sealer = sealer;
    for (int i = 0; i < JOBS; i++) {
      jobs[i] = new Sealing();
    }
    worker = new CipherWorker(name, JOBS);
  }

  /** One message on its way into the log. */
  final class Sealing implements CipherWorker.Job {
    private final ByteBuffer plain = MessageSeal.memory();
    private final UnsafeBuffer message = new UnsafeBuffer(plain);
    private final BufferClaim claim = new BufferClaim();
    private MutableDirectBuffer target;
    private int at;
    private int way;
    private volatile boolean busy;

    /** Its place in the log, to be claimed by the caller. */
    BufferClaim claim() {
      return claim;
    }

    /**
     * Leaves the rest to the other thread.
     *
     * @param to where the sealed message goes; then the claim is committed
     * @param rank see {@link Sealer#seal}
     */
    void start(
        MutableDirectBuffer to,
        int offset,
        int rank,
        DirectBuffer plainHeader,
        DirectBuffer plainEntries,
        int from,
        int entryBytes) {
      target = to;
      at = offset;
      way = rank;
      message.putBytes(0, plainHeader, 0, Frame.HEADER_BYTES);
      message.putBytes(Frame.HEADER_BYTES, plainEntries, from, entryBytes);
      plain.clear().limit(Frame.HEADER_BYTES + entryBytes);
      busy = true;
      worker.submit(this);
    }

    @Override
    public void run() {
      try {
        sealer.seal(way, plain, target, at);
        claim.commit();
      } catch (RuntimeException broken) {
        failure = broken;
        claim.abort();
      } finally {
        busy = false;
      }
    }
  }

  /** Whether a message can be taken on every way that leads to all. */
  boolean hasRoom() {
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
    return !jobs[(next + WAYS_TO_ALL - 1) % JOBS].busy;
  }

  /** The job for the next message; to be called when {@link #hasRoom} said so. */
  Sealing take() {
    Sealing job = jobs[next];
    next = (next + 1) % JOBS;
    return job;
  }

  /** Seals what was taken, and ends the thread. */
  @Override
  public void close() {
    worker.close();
  }
}
