package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.ExchangeKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

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
  private long newest = Long.MIN_VALUE;

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
   * Opens a message; it and those before it are refused from now on.
   *
   * @param sealed the message, from position to limit, which move
   * @param plain gets it from byte 0 on; has room for as much as {@code sealed}, is not the same
   *     memory
   * @return its bytes without the seal, or {@link #REFUSED}
   */
  int open(ByteBuffer sealed, ByteBuffer plain) {
    if (sealed.remaining() < Frame.HEADER_BYTES + MessageSeal.OVERHEAD) {
      return REFUSED;
    }
    int end = sealed.limit() - MessageSeal.COUNTER_BYTES;
    long counter = sealed.order(ByteOrder.LITTLE_ENDIAN).getLong(end);
    if (counter <= newest) {
      return REFUSED;
    }
    sealed.get(header).limit(end);
    plain.clear().put(header);
    try {
      Cipher cipher = seal.begin(Cipher.DECRYPT_MODE, way, counter);
      cipher.updateAAD(header);
      int entries = cipher.doFinal(sealed, plain);
      newest = counter;
      return Frame.HEADER_BYTES + entries;
    } catch (AEADBadTagException forged) {
      return REFUSED;
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("a message could not be opened", broken);
    }
  }
}
