package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SealTest {
  private static final int WAY = 3;
  private static final int ENTRIES = 1000;
  private static final ExchangeKey KEY = ExchangeKey.random();

  private final Sealer sealer = new Sealer(KEY, 0);
  private final Opener opener = new Opener(KEY, WAY);
  private final ByteBuffer opened = MessageSeal.memory();
  private final UnsafeBuffer header = random(1, Frame.HEADER_BYTES);
  private final UnsafeBuffer entries = random(2, ENTRIES);

  private static UnsafeBuffer random(long seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return new UnsafeBuffer(content);
  }

  private ByteBuffer plain() {
    ByteBuffer plain = MessageSeal.memory();
    header.getBytes(0, plain, Frame.HEADER_BYTES);
    entries.getBytes(0, plain, ENTRIES);
    return plain.flip();
  }

  /** As it would lie in a log, some bytes from its start. */
  private UnsafeBuffer sealed() {
    return sealed(sealer, WAY);
  }

  private UnsafeBuffer sealed(Sealer by, int way) {
    UnsafeBuffer log =
        new UnsafeBuffer(new byte[7 + Frame.HEADER_BYTES + ENTRIES + MessageSeal.OVERHEAD]);
    assertEquals(log.capacity() - 7, by.seal(way, plain(), log, 7));
    return log;
  }

  private int open(UnsafeBuffer log) {
    return open(opener, log, log.capacity() - 7);
  }

  private int open(Opener by, UnsafeBuffer log, int length) {
    return by.open(ByteBuffer.wrap(log.byteArray(), 7, length).slice(), opened);
  }

  @Test
  void shouldGiveBackWhatWasSealedAndShowOnlyTheHeader() {
    UnsafeBuffer log = sealed();
    assertEquals(7 + Frame.HEADER_BYTES + ENTRIES + MessageSeal.OVERHEAD, log.capacity());
    assertEquals(header, new UnsafeBuffer(log, 7, Frame.HEADER_BYTES));
    assertNotEquals(entries, new UnsafeBuffer(log, 7 + Frame.HEADER_BYTES, ENTRIES));
    assertEquals(Frame.HEADER_BYTES + ENTRIES, open(log));
    assertEquals(header, new UnsafeBuffer(opened, 0, Frame.HEADER_BYTES));
    assertEquals(entries, new UnsafeBuffer(opened, Frame.HEADER_BYTES, ENTRIES));
  }

  @Test
  void shouldSealWhatEveryCipherOpens() throws GeneralSecurityException {
    UnsafeBuffer log = sealed();
    int end = log.capacity() - MessageSeal.COUNTER_BYTES;
    byte[] nonce =
        ByteBuffer.allocate(12)
            .putInt(WAY)
            .putLong(log.getLong(end, ByteOrder.LITTLE_ENDIAN))
            .array();
    Cipher java = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    java.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(KEY.bytes(), "AES"),
        new GCMParameterSpec(8 * MessageSeal.TAG_BYTES, nonce));
    java.updateAAD(log.byteArray(), 7, Frame.HEADER_BYTES);
    int entriesAt = 7 + Frame.HEADER_BYTES;
    byte[] opened = java.doFinal(log.byteArray(), entriesAt, end - entriesAt);
    assertEquals(entries, new UnsafeBuffer(opened));
  }

  @Test
  void shouldSealIntoAClaimedPlaceOfAMappedLog() {
    ByteBuffer mapped = ByteBuffer.allocateDirect(8192);
    UnsafeBuffer term = new UnsafeBuffer(mapped, 4096, 4096);
    UnsafeBuffer place = new UnsafeBuffer(term, 64, 2048);
    int bytes = sealer.seal(WAY, plain(), place, 32);
    byte[] message = new byte[bytes];
    mapped.get(4096 + 64 + 32, message);
    assertEquals(Frame.HEADER_BYTES + ENTRIES, opener.open(ByteBuffer.wrap(message), opened));
    assertEquals(0, mapped.get(4096 + 64 + 31));
    assertEquals(0, mapped.get(4096 + 64 + 32 + bytes));
  }

  @Test
  void shouldSealTheSameMessageDifferentlyEveryTime() {
    UnsafeBuffer first = sealed();
    assertNotEquals(
        new UnsafeBuffer(first, 7 + Frame.HEADER_BYTES, ENTRIES),
        new UnsafeBuffer(sealed(), 7 + Frame.HEADER_BYTES, ENTRIES));
  }

  @Test
  void shouldRefuseAMessageOfWhichAnyBitWasChanged() {
    UnsafeBuffer log = sealed();
    for (int at = 7; at < log.capacity(); at++) {
      byte was = log.getByte(at);
      log.putByte(at, (byte) (was ^ 1 << at % 8));
      assertEquals(Opener.REFUSED, open(log), "byte " + (at - 7));
      log.putByte(at, was);
    }
    assertEquals(Frame.HEADER_BYTES + ENTRIES, open(log), "unchanged");
  }

  @Test
  void shouldRefuseMessagesThatAreShort() {
    UnsafeBuffer log = sealed();
    for (int length = 0; length < log.capacity() - 7; length += 31) {
      assertEquals(Opener.REFUSED, open(opener, log, length));
    }
  }

  @Test
  void shouldRefuseWhatWasOpenedBefore() {
    UnsafeBuffer first = sealed();
    UnsafeBuffer second = sealed();
    assertTrue(open(first) > 0);
    assertEquals(Opener.REFUSED, open(first));
    assertTrue(open(second) > 0);
    assertEquals(Opener.REFUSED, open(first));
    assertEquals(Opener.REFUSED, open(second));
    assertTrue(open(sealed()) > 0);
  }

  @Test
  void shouldRefuseWhatIsForAnotherMemberOrFromAnother() {
    UnsafeBuffer log = sealed();
    int bytes = log.capacity() - 7;
    assertEquals(Opener.REFUSED, open(new Opener(KEY, WAY + 1), log, bytes));
    assertEquals(Opener.REFUSED, open(new Opener(KEY, MessageSeal.TO_ALL), log, bytes));
    assertEquals(Opener.REFUSED, open(new Opener(ExchangeKey.random(), WAY), log, bytes));
  }

  private static Generation generation(long number, ExchangeKey key) {
    List<Member> members =
        List.of(
            new Member("a", 1, 0, new MicroshardRange(0, 1), "one:1"),
            new Member("b", 1, 1, new MicroshardRange(1, 2), "one:1"),
            new Member("c", 1, 2, new MicroshardRange(2, 3), "two:1"));
    return new Generation("run", number, members, 0, "", "", Channels.MEMORY, key);
  }

  private static Seals seals(Generation generation, String trainer, Encryption when) {
    return Seals.of(generation, Hosts.of(generation, trainer), when, 1);
  }

  @Test
  void shouldSealBetweenHostsOnlyUnlessToldOtherwise() {
    Generation generation = generation(1, KEY);
    Seals usual = seals(generation, "a", Encryption.BETWEEN_HOSTS);
    assertFalse(usual.with(1));
    assertTrue(usual.with(2));
    assertFalse(usual.toAll(false));
    assertTrue(usual.toAll(true));
    assertTrue(seals(generation, "a", Encryption.ALWAYS).with(1));
    assertFalse(seals(generation, "a", Encryption.NEVER).with(2));
  }

  @Test
  void shouldGiveEachMemberAndGenerationItsOwnKey() {
    Generation generation = generation(1, KEY);
    Sealer ofC = seals(generation, "c", Encryption.BETWEEN_HOSTS).sealer();
    UnsafeBuffer log = sealed(ofC, 0);
    int bytes = log.capacity() - 7;
    Seals toA = seals(generation, "a", Encryption.ALWAYS);
    assertTrue(open(toA.fromMember(2), log, bytes) > 0);
    assertEquals(Opener.REFUSED, open(toA.fromMember(1), log, bytes));
    Seals next = seals(generation(2, KEY), "a", Encryption.ALWAYS);
    assertEquals(Opener.REFUSED, open(next.fromMember(2), log, bytes));
  }

  @Test
  void shouldSayThatThereIsNoKey() {
    Generation generation = generation(1, ExchangeKey.NONE);
    String message =
        assertThrows(
                ExchangeException.class, () -> seals(generation, "a", Encryption.BETWEEN_HOSTS))
            .getMessage();
    assertTrue(message.contains("without a key"), message);
  }

  @Test
  void shouldDeriveKeysWithTheExpandStepOfHkdfAndTellNone() {
    ExchangeKey prk = // the PRK of RFC 5869's first test case; the result is Python's hmac module's
        new ExchangeKey("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    assertEquals(
        "b2384990157ca1d36b29e7629bdb80dd7aaede9e6e682293ea63aba6b95ecd17",
        prk.derive("purpose").hex());
    assertEquals("a key", prk.toString());
    assertEquals("no key", ExchangeKey.NONE.toString());
  }
}
