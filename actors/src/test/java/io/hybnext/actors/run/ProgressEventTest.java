package io.hybnext.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.run.ProgressEvent.TrainerChanged;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import org.junit.jupiter.api.Test;

class ProgressEventTest {

  @Test
  void shouldKnowTheProcessThatAnEventTellsOf() {
    var joined = new TrainerChanged("trainer-0", TrainerState.JOINED, "127.0.0.1, process 4711");
    assertEquals(4711, joined.processId().orElseThrow());
    var gone =
        new TrainerChanged(
            "trainer-0", TrainerState.LOST, "trainer-0 (process 12) was ended by signal 9");
    assertEquals(12, gone.processId().orElseThrow());
    var launched = new TrainerChanged("trainer-0", TrainerState.LAUNCHED, "");
    assertTrue(launched.processId().isEmpty());
  }
}
