package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.ExchangeKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Opens what one member sent on one way. A message that was changed, was sealed with another key or
 * for another way, or came before is refused. Not for several threads.
 */
final class Opener {
  /** The message is not to be used. */
  static final int REFUSED = -1;

  private final MessageSeal seal;
  private final int way;
  private final byte[] header = new byte[Frame.HEADER_BYTES];
  private final ByteBuffer sealed = MessageSeal.memory();
  private final UnsafeBuffer sealedBytes = new UnsafeBuffer(sealed);
  private final ByteBuffer plain = MessageSeal.memory();
  private final UnsafeBuffer message = new UnsafeBuffer(plain);
  private long taken = Long.MIN_VALUE;
  private long opened = Long.MIN_VALUE;
  private int openedBytes;

  /**
   * Opens with the sender's key.
   *
   * @param way this member's rank, or {@link MessageSeal#TO_ALL}
   */
  Opener(ExchangeKey key, int way) {
    seal = new MessageSeal(key);
    this.way = way;
  }

  /**
   * Opens a message; it is then in {@link #message} from byte 0 on. One that was opened but not
   * {@link #taken} may come again.
   *
   * @return its bytes without the seal, or {@link #REFUSED}
   */
  int open(DirectBuffer buffer, int offset, int length) {
    if (length < Frame.HEADER_BYTES + MessageSeal.OVERHEAD || length > sealed.capacity()) {
      return REFUSED;
    }
    int end = length - MessageSeal.COUNTER_BYTES;
    long counter = buffer.getLong(offset + end, ByteOrder.LITTLE_ENDIAN);
    if (counter <= taken) {
      return REFUSED;
    }
    if (counter == opened) {
      return openedBytes; // it was not taken before
    }
    buffer.getBytes(offset, header);
    int entries = offset + Frame.HEADER_BYTES;
    sealedBytes.putBytes(0, buffer, entries, end - Frame.HEADER_BYTES);
    return unseal(counter, end);
  }

  private int unseal(long counter, int end) {
    opened = Long.MIN_VALUE;
    try {
      Cipher cipher = seal.begin(Cipher.DECRYPT_MODE, way, counter);
      cipher.updateAAD(header);
      sealed.clear().limit(end - Frame.HEADER_BYTES);
      plain.clear().position(Frame.HEADER_BYTES);
      int entries = cipher.doFinal(sealed, plain);
      message.putBytes(0, header);
      opened = counter;
      openedBytes = Frame.HEADER_BYTES + entries;
      return openedBytes;
    } catch (AEADBadTagException forged) {
      return REFUSED;
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("a message could not be opened", broken);
    }
  }

  /**
   * Says that the message opened last was taken; it and those before it are refused from now on.
   */
  void taken() {
    taken = opened;
  }

  /** Holds the opened message. */
  DirectBuffer message() {
    return message;
  }
}
