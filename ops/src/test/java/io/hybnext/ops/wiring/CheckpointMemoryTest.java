package io.hybnext.ops.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.model.training.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointMemoryTest {
  private final CheckpointMemory memory = new CheckpointMemory();

  private static HostTensor tensor(float... values) {
    ByteBuffer data =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    data.asFloatBuffer().put(values);
    return new HostTensor("weights", List.of(values.length), data);
  }

  @Test
  void shouldCopyIntoTheMemoryOfTheCopyBefore() {
    HostTensor first = memory.copy(tensor(1, 2, 3));
    memory.giveBack(first);
    assertEquals(12, memory.freeBytes());
    HostTensor second = memory.copy(tensor(4, 5, 6));
    assertEquals(0, memory.freeBytes(), "none is fresh");
    assertEquals(tensor(4, 5, 6), second);
    assertEquals(4, first.data().getFloat(0), "the same memory");
  }

  @Test
  void shouldKeepCopiesApartUntilTheyAreGivenBack() {
    HostTensor first = memory.copy(tensor(1, 2));
    HostTensor second = memory.copy(tensor(3, 4));
    assertEquals(tensor(1, 2), first);
    memory.giveBack(second);
    HostTensor longer = memory.copy(tensor(5, 6, 7));
    assertEquals(8, memory.freeBytes(), "another size has memory of its own");
    assertEquals(tensor(1, 2), first);
    assertEquals(tensor(5, 6, 7), longer);
  }

  @Test
  void shouldCopyOnlyWhatIsBetweenPositionAndLimit() {
    HostTensor whole = tensor(1, 2, 3, 4);
    whole.data().position(4).limit(12);
    HostTensor part =
        new HostTensor("part", List.of(2), whole.data().slice().order(ByteOrder.nativeOrder()));
    memory.giveBack(memory.copy(part));
    assertEquals(tensor(2, 3).data(), memory.copy(part).data());
  }

  @Test
  void shouldLetGoOfWhatIsFreeWhenTrimmed() {
    memory.giveBack(memory.copy(tensor(1)));
    memory.trim();
    assertEquals(0, memory.freeBytes());
  }
}
