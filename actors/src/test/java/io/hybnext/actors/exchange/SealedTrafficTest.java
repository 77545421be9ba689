package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.hybnext.actors.membership.ExchangeKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SealedTrafficTest {
  private static final int WAY = 3;
  private static final int ENTRIES = 400;
  private static final int SEALED = Frame.HEADER_BYTES + ENTRIES + MessageSeal.OVERHEAD;
  private static final ExchangeKey KEY = ExchangeKey.random();

  private final Sealer sealer = new Sealer(KEY, 0);
  private final List<Integer> seen = new ArrayList<>();

  private static UnsafeBuffer header(int number) {
    UnsafeBuffer header = new UnsafeBuffer(new byte[Frame.HEADER_BYTES]);
    header.putInt(0, number);
    return header;
  }

  private UnsafeBuffer sealed(int number) {
    ByteBuffer plain = ByteBuffer.allocate(Frame.HEADER_BYTES + ENTRIES);
    header(number).getBytes(0, plain, Frame.HEADER_BYTES);
    UnsafeBuffer message = new UnsafeBuffer(new byte[SEALED]);
    assertEquals(SEALED, sealer.seal(WAY, plain.rewind(), message, 0));
    return message;
  }

  private boolean note(DirectBuffer buffer, int offset, int length) {
    assertEquals(Frame.HEADER_BYTES + ENTRIES, length);
    seen.add(buffer.getInt(offset));
    return true;
  }

  private void deliverAll(SealedReceiving from) {
    while (!from.isEmpty()) {
      from.deliver(this::note);
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldHandOnInOrderAndDropWhatWasChangedOrCameBefore() {
    UnsafeBuffer first = sealed(1);
    UnsafeBuffer changed = sealed(2);
    changed.putByte(Frame.HEADER_BYTES, (byte) ~changed.getByte(Frame.HEADER_BYTES));
    try (CipherWorker worker = new CipherWorker("open", SealedReceiving.depth())) {
      SealedReceiving from = new SealedReceiving(new Opener(KEY, WAY), worker);
      for (UnsafeBuffer message : List.of(first, changed, sealed(3), first)) {
        assertTrue(from.offer(message, 0, message.capacity()));
      }
      deliverAll(from);
      assertEquals(List.of(1, 3), seen);
      assertEquals(2, from.refused());
    }
  }

  @Test
  void shouldKeepWhatIsNotTakenAndLeaveTheRestInTheLog() {
    try (CipherWorker worker = new CipherWorker("open", SealedReceiving.depth())) {
      SealedReceiving from = new SealedReceiving(new Opener(KEY, WAY), worker);
      for (int number = 0; number < SealedReceiving.depth(); number++) {
        assertTrue(from.offer(sealed(number), 0, SEALED));
      }
      assertFalse(from.offer(sealed(99), 0, SEALED));
      assertEquals(0, from.deliver((buffer, offset, length) -> false));
      assertFalse(from.isEmpty());
      deliverAll(from);
      assertEquals(IntStream.range(0, SealedReceiving.depth()).boxed().toList(), seen);
      assertEquals(0, from.refused());
    }
  }

  @Test
  void shouldSealInTheOrderOfTheCallsAndAllBeforeTheEnd() {
    int frame = SEALED + DataHeaderFlyweight.HEADER_LENGTH;
    int messages = 8;
    UnsafeBuffer log = new UnsafeBuffer(new byte[messages * 1024]);
    UnsafeBuffer entries = new UnsafeBuffer(new byte[ENTRIES]);
    try (SealedSending sending = new SealedSending(sealer, "seal")) {
      for (int number = 0; number < messages; number++) {
        assertTrue(sending.hasRoom());
        SealedSending.Sealing sealing = sending.take();
        sealing.claim().wrap(log, number * 1024, frame);
        sealing.start(
            sealing.claim().buffer(),
            sealing.claim().offset(),
            WAY,
            header(number),
            entries,
            0,
            ENTRIES);
      }
    }
    Opener opener = new Opener(KEY, WAY);
    ByteBuffer opened = MessageSeal.memory();
    for (int number = 0; number < messages; number++) {
      assertEquals(frame, FrameDescriptor.frameLength(log, number * 1024));
      int at = number * 1024 + DataHeaderFlyweight.HEADER_LENGTH;
      ByteBuffer sealed = ByteBuffer.wrap(log.byteArray(), at, SEALED).slice();
      assertEquals(Frame.HEADER_BYTES + ENTRIES, opener.open(sealed, opened)); // none comes late
      assertEquals(number, new UnsafeBuffer(opened).getInt(0));
    }
  }

  @Test
  void shouldDoWhatIsLeftBeforeTheEnd() {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(3);
    CipherWorker worker = new CipherWorker("worker", 4);
    worker.submit(
        () -> {
          try {
            held.await();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
        });
    IntStream.range(0, 3).forEach(job -> worker.submit(done::countDown));
    held.countDown();
    worker.close(); // does what is left
    assertEquals(0, done.getCount());
  }
}
