package io.hybnext.actors.exchange;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What one member sent on one way: messages are copied, opened on another thread, and handed on in
 * the order in which they came. One that was changed, sealed with another key or for another way,
 * or that came before is refused. A few wait here; what finds no room stays in the log.
 */
final class SealedReceiving {
  private static final int DEPTH = 8;

  private final Opener opener;
  private final CipherWorker worker;
  private final Opening[] jobs = new Opening[DEPTH];
  private int head;
  private int size;
  private long refused;

  /**
   * @param worker opens messages; has room for {@link #depth} of this way
   */
  SealedReceiving(Opener opener, CipherWorker worker) {
    this.opener = opener;
    this.worker = worker;
    for (int i = 0; i < DEPTH; i++) {
      jobs[i] = new Opening();
    }
  }

  /** Most messages of a way that wait. */
  static int depth() {
    return DEPTH;
  }

  /** One message. */
  private final class Opening implements CipherWorker.Job {
    private ByteBuffer sealed; // with the first message
    private ByteBuffer plain;
    private UnsafeBuffer message;
    private int opened;
    private volatile boolean busy;

    private void start(DirectBuffer buffer, int offset, int length) {
      if (sealed == null) {
        sealed = MessageSeal.memory();
        plain = MessageSeal.memory();
        message = new UnsafeBuffer(plain);
      }
      buffer.getBytes(offset, sealed.clear(), length);
      sealed.flip();
      busy = true;
      worker.submit(this);
    }

    @Override
    public void run() {
      try {
        opened = opener.open(sealed, plain);
      } catch (RuntimeException broken) {
        opened = Opener.REFUSED;
      } finally {
        busy = false;
      }
    }
  }

  /** Takes a message out of the log; false when it is to stay there for now. */
  boolean offer(DirectBuffer buffer, int offset, int length) {
    if (length > MessageSeal.LARGEST) {
      refused++;
      return true;
    }
    if (size == DEPTH) {
      return false;
    }
    jobs[(head + size++) % DEPTH].start(buffer, offset, length);
    return true;
  }

  /** Hands on what is opened, until one is not taken; returns how many were. */
  int deliver(PeerLinks.Receiver receiver) {
    int delivered = 0;
    while (size > 0 && !jobs[head].busy) {
      Opening job = jobs[head];
      if (job.opened == Opener.REFUSED) {
        refused++;
      } else if (receiver.onMessage(job.message, 0, job.opened)) {
        delivered++;
      } else {
        break;
      }
      head = (head + 1) % DEPTH;
      size--;
    }
    return delivered;
  }

  /** Whether everything was handed on. */
  boolean isEmpty() {
    return size == 0;
  }

  /** Messages that were forged or repeated, and dropped. */
  long refused() {
    return refused;
  }
}
