package io.hybnext.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogsTest {

  private static JsonNode line(Throwable error, Map<String, String> ofThread) throws IOException {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "caller",
            context.getLogger("io.hybnext.Some"),
            Level.WARN,
            "two lines:\n{}",
            error,
            new Object[] {"\"quoted\""});
    event.setMDCPropertyMap(ofThread);
    event.setThreadName("run-news");
    String text = new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);
    assertEquals(1, text.lines().count(), text);
    return new ObjectMapper().readTree(text);
  }

  @Test
  void shouldWriteALineOfJsonWithRunMemberAndStep() throws Exception {
    Logs.field("run", "0123");
    Logs.field("member", "coordinator");
    Logs.field("step", 12L);
    JsonNode line = line(null, Map.of());
    assertEquals("two lines:\n\"quoted\"", line.get("message").asText());
    assertEquals("WARN", line.get("level").asText());
    assertEquals("0123", line.get("run").asText());
    assertEquals("coordinator", line.get("member").asText());
    assertEquals(12, line.get("step").asLong());
  }

  @Test
  void shouldTellTheStepOfTheThreadAndTheErrorsTrace() throws Exception {
    JsonNode line = line(new IOException("disk full"), Map.of("step", "13"));
    assertEquals("13", line.get("step").asText());
    assertTrue(line.get("error").asText().contains("IOException: disk full"));
  }
}
