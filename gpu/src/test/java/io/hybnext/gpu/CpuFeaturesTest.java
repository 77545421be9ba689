package io.hybnext.gpu;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
  @Test
  void shouldFindBf16InstructionsAsWholeWords() {
    assertTrue(CpuFeatures.bf16(List.of("processor: 0", "flags\t\t: fpu avx512_bf16 clzero")));
    assertTrue(CpuFeatures.bf16(List.of("Features\t: asimd bf16 i8mm")));
    assertFalse(CpuFeatures.bf16(List.of("flags\t\t: fpu avx2 avx512f")));
    assertFalse(CpuFeatures.bf16(List.of()));
  }
}
