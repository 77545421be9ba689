package io.hybnext.streams.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Found by fuzzing: entries with a right check sum that are none of ours. */
class LedgerLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "7",
        "{\"segment\":7}",
        "{\"segment\":{\"number\":0,\"sizeBytes\":1,\"items\":[]}}",
        "{\"segment\":{\"number\":0,\"file\":\"../a\",\"sha256\":\"\",\"sizeBytes\":1,"
            + "\"schema\":{},\"items\":[]}}",
        "{\"segment\":{\"number\":0,\"file\":\"a\",\"sha256\":\"\",\"sizeBytes\":1,"
            + "\"schema\":{},\"items\":[{}]}}",
        "{\"quarantined\":{}}"
      })
  void shouldRefuseEntriesOfAnotherKind(String entry) {
    CRC32C sum = new CRC32C();
    sum.update(entry.getBytes(StandardCharsets.UTF_8));
    String line = String.format("{\"crc32c\":\"%08x\",\"entry\":%s}", sum.getValue(), entry);
    String message =
        assertThrows(
                IOException.class, () -> LedgerLine.decode(line.getBytes(StandardCharsets.UTF_8)))
            .getMessage();
    assertTrue(message.startsWith("holds an entry"), message);
    assertEquals(1, message.lines().count(), message);
  }
}
