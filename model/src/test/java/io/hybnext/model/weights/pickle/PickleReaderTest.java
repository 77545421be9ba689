package io.hybnext.model.weights.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PickleReaderTest {
  private static final PickleHost NOTHING =
      new PickleHost() {
        @Override
        public Optional<PickleGlobal> global(String module, String name) {
          return Optional.empty();
        }

        @Override
        public Object persistent(Object id) throws PickleException {
          throw new PickleException("it refers to something outside");
        }
      };

  /** Texts stand for their bytes in ISO 8859-1, so that a pickle reads as pickletools shows it. */
  private static Object read(String pickle) throws PickleException {
    ByteBuffer bytes = ByteBuffer.wrap(pickle.getBytes(StandardCharsets.ISO_8859_1));
    return new PickleReader(bytes, NOTHING).read();
  }

  @Test
  void shouldReadPlainDataOfEveryKind() throws PickleException {
    assertEquals(-2L, read("\u0080\u0002J\u00fe\u00ff\u00ff\u00ff."));
    assertEquals(258L, read("M\u0002\u0001."));
    assertEquals(-1L, read("\u008a\u0001\u00ff."));
    assertEquals(0L, read("\u008a\u0000."));
    BigInteger large = BigInteger.TWO.pow(64);
    assertEquals(large, read("\u008a\u0009\0\0\0\0\0\0\0\0\u0001."));
    assertEquals(1.5, read("G\u003f\u00f8\0\0\0\0\0\0."));
    assertEquals("a\u00e9", read("X\u0003\0\0\0a\u00c3\u00a9."));
    assertEquals("old", read("U\u0003old."));
    assertNull(read("N."));
    assertEquals(Boolean.TRUE, read("\u0088."));
    assertEquals(List.of(1L, 2L), read("](K\u0001K\u0002e."));
    assertEquals(Map.of("k", 3L), read("}q\0\u008c\u0001k\u0094K\u0003s."));
    assertEquals(Set.of("k", 4L), read("\u008f(\u008c\u0001kK\u0004\u0090."));
    assertEquals(Set.of("k"), read("c__builtin__\nset\n](\u008c\u0001ke\u0085R."));
    assertEquals(List.of(5L), ((PickleTuple) read("K\u0005\u0085.")).items());
    assertEquals(Map.of("a", 1L), read("cargparse\nNamespace\n)\u0081}\u008c\u0001aK\u0001sb."));
    assertEquals(
        Map.of("a", 1L), read("ccollections\nOrderedDict\n](](\u008c\u0001aK\u0001ee\u0085R."));
  }

  @Test
  void shouldReadPicklesOneAfterAnother() throws PickleException {
    PickleReader reader =
        new PickleReader(
            ByteBuffer.wrap("K\u0001.K\u0002.".getBytes(StandardCharsets.ISO_8859_1)), NOTHING);
    assertEquals(1L, reader.read());
    assertEquals(2L, reader.read());
  }

  static Stream<Arguments> hostilePickles() {
    return Stream.of(
        Arguments.of("cos\nsystem\n(U\u0002lstR.", "os.system"),
        Arguments.of("\u008c\u0008builtins\u008c\u0004eval\u0093.", "builtins.eval"),
        Arguments.of("K\u0001)R.", "calls something that is no function"),
        Arguments.of("K\u0001", "ends too early"),
        Arguments.of("X\u00ff\u00ff\u00ff\u007fa.", "claims 2147483647 bytes"),
        Arguments.of("h\u0005.", "refers to part 5"),
        Arguments.of("t.", "ends a group"),
        Arguments.of("(K\u0001\u0086.", "takes more values"),
        Arguments.of("}]K\u0001s.", "neither text nor number"),
        Arguments.of("I1\n.", "operation 0x49"),
        Arguments.of("\u0080\u0006N.", "protocol 6"),
        Arguments.of("K\u0001Q.", "outside"),
        Arguments.of("K\u0001K\u0002a.", "cannot take it"));
  }

  @ParameterizedTest
  @MethodSource("hostilePickles")
  void shouldRefuseWithTheReason(String pickle, String reason) {
    PickleException refused = assertThrows(PickleException.class, () -> read(pickle));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }

  @Test
  void shouldRefuseKeysThatCouldNotBeComparedInBoundedTime() {
    StringBuilder nested = new StringBuilder(")");
    for (int i = 0; i < 60; i++) {
      nested.append("2\u0086"); // (x, x), 2^60 leaves when followed
    }
    assertThrows(PickleException.class, () -> read("}" + nested + "K\u0001s."));
  }

  @Test
  void shouldBoundTheWorkOfOnePickle() {
    ByteArrayOutputStream endless = new ByteArrayOutputStream();
    for (int i = 0; i < 3_000_000; i++) {
      endless.write(']');
    }
    PickleReader reader = new PickleReader(ByteBuffer.wrap(endless.toByteArray()), NOTHING);
    PickleException refused = assertThrows(PickleException.class, reader::read);
    assertTrue(refused.getMessage().contains("operations"), refused.getMessage());
  }

  @Test
  void shouldReadAContainerThatHoldsItself() throws PickleException {
    List<?> list = (List<?>) read("]q\0h\0a.");
    assertEquals(1, list.size());
    assertTrue(list.get(0) == list);
  }
}
