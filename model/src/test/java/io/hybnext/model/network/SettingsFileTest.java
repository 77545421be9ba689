package io.hybnext.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFileTest {
  @TempDir Path folder;

  private String refused(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("config.json"), content);
    return assertThrows(IOException.class, () -> SettingsFile.read(file)).getMessage();
  }

  @Test
  void shouldReadAnObject() throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"n\": 3}");
    assertEquals(3, SettingsFile.read(file).path("n").intValue());
  }

  /** Found by fuzzing: the parser's own messages have several lines. */
  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "7", "{\"a\":", "{\"a\": _p}", "{\"a\": \u00ff}"})
  void shouldRefuseAnythingElseWithOneSentence(String text) throws IOException {
    String message = refused(text.getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(message.contains("config.json"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void shouldRefuseAnotherEncodingWithOneSentence() throws IOException {
    String message = refused(new byte[] {0, 0, 0, '{', 't', '`', 'd', 'a'});
    assertTrue(message.contains("config.json is not JSON"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void shouldSayThatAFileIsMissing() {
    Path file = folder.resolve("config.json");
    assertTrue(
        assertThrows(IOException.class, () -> SettingsFile.read(file))
            .getMessage()
            .contains("is missing"));
  }
}
