package io.hybnext.tests.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointPausesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static CheckpointPauses pauses(String... lines) throws IOException {
    List<JsonNode> parsed = new ArrayList<>();
    for (String line : lines) {
      parsed.add(JSON.readTree(line.replace('\'', '"')));
    }
    return CheckpointPauses.of(parsed);
  }

  @Test
  void shouldTakeTheMeanOfTheCheckpointsThatTell() throws IOException {
    CheckpointPauses pauses =
        pauses(
            "{'kind':'checkpoint-saved','step':4}", // of an older release
            "{'kind':'checkpoint-saved','step':8,'captureMs':100.0}",
            "{'kind':'step','from':9,'step':9,'captureMs':7}",
            "{'kind':'checkpoint-saved','step':12,'captureMs':500.0}",
            "{'kind':'checkpoint-saved','step':16,'captureMs':null}");
    assertEquals(new CheckpointPauses(2, 300, 500), pauses);
    assertEquals(0.01, pauses.share(), 1e-12);
  }

  @Test
  void shouldKnowNothingWithoutCheckpoints() throws IOException {
    assertEquals(new CheckpointPauses(0, 0, 0), pauses());
  }
}
