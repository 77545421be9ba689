package io.hybnext.model.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.memory.MeasuredTraining.Case;
import io.hybnext.model.training.TrainingMemory;
import io.hybnext.model.training.WeightMemory;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan of real training steps against the memory that they take, to a tenth. */
class TrainingMeasurementTest {
  private static final double MIB = 1 << 20;
  private static final String[] CASES = {
    "llamagen-fp32-all",
    "llamagen-fp32-all-again",
    "llamagen-bf16-lora-again",
    "chameleon-fp32-all",
    "chameleon-fp32-lora",
    "chameleon-bf16-all-again"
  };

  private static final Map<String, double[]> MEASURED = new HashMap<>();
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @BeforeAll
  static void measure() throws Exception {
    for (String line : MeasuringProcess.lines(MeasuredTraining.class, CASES)) {
      String[] words = line.split(" ");
      MEASURED.put(
          words[0],
          new double[] {
            Long.parseLong(words[1]) / MIB,
            Long.parseLong(words[2]) / MIB,
            Long.parseLong(words[3]) / MIB
          });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llamagen-fp32-all",
        "llamagen-fp32-all-again",
        "llamagen-bf16-lora-again",
        "chameleon-fp32-all",
        "chameleon-fp32-lora",
        "chameleon-bf16-all-again"
      })
  void shouldPlanWhatAStepTakes(String name) {
    Case of = MeasuredTraining.named(name);
    double[] measured = MEASURED.get(name);
    WeightMemory weights = WeightMemory.of(of.config(), true);
    double held = (weights.masters() + weights.working() + weights.frozen()) / MIB;
    assertTenth(held, measured[0], "weights");
    TrainingMemory step =
        new TrainingMemory(
            of.config(), of.shape(), engine.arithmetic(of.config().precision()), true);
    double first = step.peak(of.config().recompute()) + weights.staging(); // made when first used
    assertTenth(first / MIB, measured[1], "a step");
    assertTenth(WeightMemory.moments(weights.trained()) / MIB, measured[2], "moments");
    assertTrue(step.activations(true) < step.activations(false));
  }

  private static void assertTenth(double planned, double measured, String what) {
    assertEquals(measured, planned, 0.1 * measured + 2, what + " in MiB, planned and measured");
  }
}
