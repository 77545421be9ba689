package io.hybnext.model.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.memory.MeasuredCalls.Case;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tapes say of every network's calls, against the memory that the same calls take. */
class TapeMeasurementTest {
  private static final long MIB = 1 << 20;

  private static final Map<String, long[]> MEASURED = new HashMap<>();
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @BeforeAll
  static void measure() throws Exception {
    Map<String, List<long[]>> rounds = new HashMap<>();
    for (String line : MeasuringProcess.lines(MeasuredCalls.class)) {
      String[] words = line.split(" ");
      if (words.length == 6) {
        rounds
            .computeIfAbsent(words[0] + " " + words[1], call -> new ArrayList<>())
            .add(Arrays.stream(words).skip(2).mapToLong(Long::parseLong).toArray());
      }
    }
    rounds.forEach((call, measured) -> MEASURED.put(call, medians(measured)));
  }

  private static long[] medians(List<long[]> rounds) {
    return IntStream.range(0, rounds.get(0).length)
        .mapToLong(
            at -> rounds.stream().mapToLong(row -> row[at]).sorted().toArray()[rounds.size() / 2])
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "llamagen, block",
    "llamagen, loss",
    "llamagen-dropout-z, block",
    "llamagen-dropout-z, loss",
    "llamagen-bf16, block",
    "llamagen-bf16, loss",
    "chameleon, block",
    "chameleon, loss",
    "qwen, block",
    "qwen, loss",
    "kelix, block",
    "kelix, loss",
    "kelix, embed"
  })
  void shouldHoldWhatTheOperatorsSay(String name, String call) {
    Case of = MeasuredCalls.cases().get(name);
    PassMemory pass = of.memory(engine);
    ParameterLayout layout = of.network().layout();
    int bytes = of.precision().elementType().sizeBytes();
    Tape tape = new Tape();
    Value x = Tape.argument(of.shape().rows() * of.network().width(), bytes, true);
    Value embeddings = bucket(layout, ParameterLayout.EMBEDDINGS, bytes);
    Value result =
        switch (call) {
          case "embed" -> pass.embed(tape, embeddings);
          case "block" -> pass.block(tape, x, bucket(layout, layout.blockBucket(0), bytes));
          default -> pass.loss(tape, x, bucket(layout, layout.headBucket(), bytes), embeddings);
        };
    CallMemory memory = tape.memory(result);
    long[] measured = MEASURED.get(name + " " + call);
    assertClose(measured[0], memory.kept() + memory.result(), "held for the backward pass");
    assertClose(measured[1], memory.backwardPeak() + result.bytes(), "at the peak");
    assertClose(measured[3], memory.gradients() + memory.result(), "left at the end");
    if (call.equals("block")) {
      assertClose(measured[2], memory.plainPeak(), "at the peak without a graph");
    }
  }

  private static Value bucket(ParameterLayout layout, int bucket, int bytes) {
    return Tape.argument(layout.buckets().get(bucket).length(), bytes, true);
  }

  private static void assertClose(long measured, long told, String what) {
    assertEquals(
        (double) measured / MIB, (double) told / MIB, 0.05 * measured / MIB + 0.5, what + ", MiB");
  }

  @ParameterizedTest
  @CsvSource({"true, 64", "false, 0"})
  void shouldFreeWhatNoDerivativeNeeds(boolean differentiated, long kept) {
    Tape tape = new Tape();
    Value x = Tape.argument(16, 4, differentiated);
    Value y = tape.map(tape.activation(tape.map(x)));
    CallMemory memory = tape.memory(y);
    assertEquals(kept, memory.kept());
    assertEquals(64, memory.result());
    assertEquals(128, memory.plainPeak());
    assertEquals(differentiated ? 256 : 64, memory.backwardPeak());
  }
}
