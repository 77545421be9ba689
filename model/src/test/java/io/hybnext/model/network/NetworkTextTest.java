package io.hybnext.model.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkTextTest {
  private static final String LINEAR =
      "  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:\n"
          + "    return torch.linear(x, torch.view(w, [torch.size(b, 0), -1]), b)\n";

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  /** The first method is written before the second one adds its parameters. */
  @Test
  void shouldLetEveryMethodFindItsOwnParameters() {
    NetworkText network = new NetworkText();
    network.begin("lower", "h", "Tensor");
    network.apply("linear", network.linear("lower", 2, 1));
    network.line("return h");
    network.begin("upper", "h", "Tensor");
    network.apply("linear", network.linear("upper", 1, 2));
    network.line("return h");

    KernelSource source = new KernelSource("test", LINEAR + network.text(), Map.of());
    try (Scope scope = engine.openScope("network text");
        KernelModule kernels = KernelModule.compile(engine, source)) {
      var flat = scope.floats(new float[] {2, 3, 0.5f, 10, 20, 1, 2}, 7);
      var lower = kernels.call(scope, "lower", scope.floats(new float[] {1, 1}, 1, 2), flat);
      var upper = kernels.call(scope, "upper", lower, flat);
      assertArrayEquals(new float[] {5.5f}, lower.toFloats());
      assertArrayEquals(new float[] {56, 112}, upper.toFloats());
    }
  }

  @Test
  void shouldKnowNamesShapesAndPlaces() {
    NetworkText network = new NetworkText();
    assertEquals("w[0], w[1]", network.convolution("stem", 3, 8, 5));
    assertEquals("w[2], w[3]", network.norm("norm", 8));
    FlatLayout layout = network.layout();
    assertArrayEquals(new long[] {8, 3, 5, 5}, layout.get("stem.weight").dimensions());
    assertEquals(8 * 3 * 25 + 8, layout.get("norm.weight").offset());
    assertEquals(8 * 3 * 25 + 3 * 8, layout.length());
    assertThrows(IllegalStateException.class, () -> network.norm("norm", 8));
  }
}
