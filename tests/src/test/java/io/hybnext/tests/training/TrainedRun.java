package io.hybnext.tests.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.tests.process.HybnextProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder of a run that was trained to its last step.
 *
 * @param folder of the run
 * @param steps number of the last step
 * @param errors where processes write their standard error
 */
record TrainedRun(Path folder, int steps, Path errors) {

  /** Content of a file of the last checkpoint. */
  byte[] file(String name) throws IOException {
    String checkpoint = String.format("checkpoints/step-%08d", steps);
    return Files.readAllBytes(folder.resolve(checkpoint).resolve(name));
  }

  /** Both have the same weights to the byte. */
  void assertSameWeights(TrainedRun other) throws IOException {
    for (String name : List.of("model.safetensors", "projector.safetensors")) {
      assertArrayEquals(file(name), other.file(name), () -> name + "; see " + errors);
    }
  }

  /**
   * Draws two pictures from it.
   *
   * @return their folder, which also has the grid
   */
  Path draw() throws IOException, InterruptedException {
    Path pictures = folder.resolve("pictures");
    List<String> draw =
        List.of(
            "generate",
            "--json",
            "--run",
            folder.toString(),
            "--prompt",
            "PA view chest x-ray",
            "--count",
            "2",
            "--out",
            pictures.toString());
    JsonNode drawn = new HybnextProcess(errors, draw).awaitResult();
    assertEquals(2, drawn.path("pictures").size(), () -> drawn + " see " + errors);
    return pictures;
  }
}
