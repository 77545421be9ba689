package io.hybnext.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class CoreKernelsTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final CoreKernels core = CoreKernels.of(engine);

  @Test
  void shouldRoundToBfloat16AndBack() {
    try (Scope scope = engine.openScope("test")) {
      Array x = scope.floats(new float[] {1f, 1.00390625f, -3.1415927f}, 3);
      Array narrow = core.cast(scope, x, ElementType.BFLOAT16);
      assertArrayEquals(new float[] {1f, 1f, -3.140625f}, narrow.toFloats());
      assertArrayEquals(new long[] {3}, narrow.shape());
    }
  }

  @Test
  void shouldShareMemoryWithMappedBuffer() {
    try (Scope scope = engine.openScope("test")) {
      ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
      Array mapped = scope.map(memory, ElementType.FLOAT32, 4);
      core.copy(mapped, scope.floats(new float[] {1, 2, 3, 4}, 2, 2));
      assertEquals(3f, memory.getFloat(8));
      memory.putFloat(12, 9f);
      assertArrayEquals(new float[] {1, 2, 3, 9}, mapped.toFloats());
      assertArrayEquals(new float[] {3, 9}, core.slice(scope, mapped, 2, 2).toFloats());
    }
  }

  @Test
  void shouldGatherGradientAtLeaf() {
    try (Scope scope = engine.openScope("test");
        Autograd.Recording on = Autograd.record()) {
      KernelSource text =
          new KernelSource(
              "square",
              "  def square(self: __torch__.Kernels, x: Tensor) -> Tensor:\n"
                  + "    return torch.sum(torch.mul(x, torch.mul(x, ${factor})))\n",
              java.util.Map.of());
      KernelModule square = KernelModule.compile(engine, text.with("factor", 0.5));
      Array leaf = scope.floats(new float[] {1, -2}, 2).leaf(scope);
      Array y = square.call(scope, "square", leaf);
      assertEquals(2.5f, y.item());
      Autograd.backward(y);
      assertArrayEquals(
          new float[] {1, -2}, Autograd.gradient(scope, leaf).orElseThrow().toFloats());
    }
  }
}
