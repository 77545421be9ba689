package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.ExchangeKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.agrona.MutableDirectBuffer;

/** Seals what a member sends. Not for several threads. */
final class Sealer {
  private final MessageSeal seal;
  private final byte[] open = new byte[Frame.HEADER_BYTES]; // authenticated only
  private final MessageMemory memory = new MessageMemory();
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
   * Seals a message to where it is to lie.
   *
   * @param way rank of the member it goes to, or {@link MessageSeal#TO_ALL}
   * @param plain header and entries, from position to limit; stays as it is
   * @param to must have room for {@link MessageSeal#OVERHEAD} bytes more; not the same memory
   * @return bytes of the sealed message
   */
  int seal(int way, ByteBuffer plain, MutableDirectBuffer to, int at) {
    int bytes = plain.remaining();
    int start = plain.position();
    plain.get(open);
    to.putBytes(at, open);
    counter++;
    int entriesAt = at + Frame.HEADER_BYTES;
    int sealed = bytes - Frame.HEADER_BYTES + MessageSeal.TAG_BYTES;
    try {
      Cipher cipher = seal.begin(Cipher.ENCRYPT_MODE, way, counter);
      cipher.updateAAD(open);
      cipher.doFinal(plain, memory.view(to, entriesAt, sealed));
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("a message could not be sealed", broken);
    }
    plain.position(start);
    to.putLong(entriesAt + sealed, counter, ByteOrder.LITTLE_ENDIAN);
    return bytes + MessageSeal.OVERHEAD;
  }
}
