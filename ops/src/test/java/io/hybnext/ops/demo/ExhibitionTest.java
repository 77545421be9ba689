package io.hybnext.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.ops.demo.Exhibition.Exhibit;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExhibitionTest {
  private static List<Long> picked(int checkpoints, int most) {
    List<Exhibit> all =
        LongStream.rangeClosed(1, checkpoints)
            .mapToObj(n -> new Exhibit(100 * n, Path.of("step-" + n)))
            .toList();
    return Exhibition.pick(all, most).stream().map(Exhibit::step).toList();
  }

  @Test
  void shouldPickTheLastAndTheFirstBeforeOthers() {
    assertEquals(List.of(800L, 100L, 300L, 500L), picked(8, 4));
    assertEquals(List.of(200L, 100L), picked(2, 4));
    assertEquals(List.of(100L), picked(1, 4));
    assertEquals(List.of(), picked(0, 4));
    assertEquals(List.of(800L), picked(8, 1));
  }
}
