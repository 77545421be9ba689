package io.hybnext.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonNumbersTest {

  private static JsonNumbers of(String json) throws IOException {
    return new JsonNumbers("kind", new ObjectMapper().readTree(json));
  }

  private static void assertRefused(String message, Executable read) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, read).getMessage());
  }

  @Test
  void shouldReadWhatIsGivenAndElseTheDefault() throws IOException {
    JsonNumbers numbers = of("{\"a\": -7, \"b\": 2.5, \"c\": null, \"d\": 3}");
    assertEquals(-7, numbers.integer("a"));
    assertEquals(-7, numbers.integer("a", 1));
    assertEquals(1, numbers.integer("c", 1));
    assertEquals(1, numbers.integer("z", 1));
    assertEquals(2.5, numbers.number("b", 1));
    assertEquals(3, numbers.number("d", 1));
    assertEquals(0.5, numbers.number("c", 0.5));
    assertEquals(4, of("[]").integer("a", 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"2.5", "2.0", "\"2\"", "true", "[2]", "2147483648", "1e3"})
  void shouldRefuseWhatIsNoWholeNumber(String value) throws IOException {
    JsonNumbers numbers = of("{\"a\": " + value + "}");
    String shown = value.equals("1e3") ? "1000.0" : value;
    String message = "kind.a = " + shown + ": want a whole number of 32 bits";
    assertRefused(message, () -> numbers.integer("a"));
    assertRefused(message, () -> numbers.integer("a", 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"\"2\"", "true", "[2]", "{}"})
  void shouldRefuseWhatIsNoNumber(String value) throws IOException {
    JsonNumbers numbers = of("{\"a\": " + value + "}");
    assertRefused("kind.a = " + value + ": want a number", () -> numbers.number("a", 1));
  }

  @Test
  void shouldNameTheKeyThatIsMissing() throws IOException {
    assertRefused("kind.a is missing: want a whole number", () -> of("{}").integer("a"));
    assertRefused("kind.a is missing: want a whole number", () -> of("{\"a\":null}").integer("a"));
    JsonNumbers bare = new JsonNumbers("", new ObjectMapper().readTree("{\"a\": 0.5}"));
    assertRefused("a = 0.5: want a whole number of 32 bits", () -> bare.integer("a"));
  }
}
