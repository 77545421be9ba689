package io.hybnext.tests.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.verify.CaseReport;
import io.hybnext.model.verify.Verifier;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reference cases in tests/golden, all tensors of them: source, seeds and tolerances stand in
 * their own README files.
 */
class GoldenCasesTest {
  private static final Path GOLDEN = Path.of(System.getProperty("hybnext.root"), "tests", "golden");

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @ParameterizedTest
  @CsvSource({
    "llamagen-c2i, FP32",
    "llamagen-t2i, FP32",
    "llamagen-vq, FP32",
    "chameleon-vq, FP32",
    "metrics, FP32",
    "arra-llamagen, FP32",
    "chameleon-arra, FP32",
    "encoder-biomedclip, FP32",
    "encoder-clip-l, FP32",
    "encoder-medsam, FP32",
    "encoder-biomedclip-text, FP32",
    "encoder-biomedclip, BF16",
    "encoder-clip-l, BF16",
    "encoder-medsam, BF16",
    "encoder-biomedclip-text, BF16",
    "kelix-tok, FP32",
    "qwen3-backbone, FP32",
    "kelix-nbp, FP32",
    "llamagen-c2i, BF16",
    "llamagen-t2i, BF16",
    "arra-llamagen, BF16",
    "chameleon-arra, BF16",
    "kelix-tok, BF16",
    "qwen3-backbone, BF16",
    "kelix-nbp, BF16"
  })
  void shouldReproduceEveryTensorOfTheCase(String name, Precision precision) {
    CaseReport report = new Verifier(engine, precision).verify(GOLDEN.resolve(name));
    String failed =
        report.failed().stream().map(Object::toString).collect(Collectors.joining("\n"));
    assertTrue(report.passed(), report.summary() + "\n" + failed);
    assertEquals(name, report.kind());
    assertEquals(List.of(), report.notChecked());
    assertTrue(
        report.results().size()
            >= (name.startsWith("encoder") ? 6 : name.equals("chameleon-vq") ? 19 : 30),
        report.summary());
  }
}
