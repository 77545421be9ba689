package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.ExchangeKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Seals what a member sends. The sealed message stays in {@link #message} until the next one. Not
 * for several threads.
 */
final class Sealer {
  private final MessageSeal seal;
  private final byte[] open = new byte[Frame.HEADER_BYTES]; // authenticated only
  private final ByteBuffer plain = MessageSeal.memory();
  private final UnsafeBuffer plainBytes = new UnsafeBuffer(plain);
  private final ByteBuffer sealed = MessageSeal.memory();
  private final UnsafeBuffer message = new UnsafeBuffer(sealed);
  private long counter;

  /**
   * Seals with a key.
   *
   * @param counter larger than any that was used with this key
   */
  Sealer(ExchangeKey key, long counter) {
    seal = new MessageSeal(key);
    this.counter = counter;
  }

  /**
   * Seals a message.
   *
   * @param way rank of the member it goes to, or {@link MessageSeal#TO_ALL}
   * @return bytes of the sealed message
   */
  int seal(int way, DirectBuffer header, DirectBuffer entries, int from, int bytes) {
    header.getBytes(0, open);
    message.putBytes(0, open);
    plainBytes.putBytes(0, entries, from, bytes);
    counter++;
    try {
      Cipher cipher = seal.begin(Cipher.ENCRYPT_MODE, way, counter);
      cipher.updateAAD(open);
      plain.clear().limit(bytes);
      sealed.clear().position(Frame.HEADER_BYTES);
      int end = Frame.HEADER_BYTES + cipher.doFinal(plain, sealed);
      message.putLong(end, counter, ByteOrder.LITTLE_ENDIAN);
      return end + MessageSeal.COUNTER_BYTES;
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("a message could not be sealed", broken);
    }
  }

  /** Holds the sealed message from byte 0 on. */
  DirectBuffer message() {
    return message;
  }
}
