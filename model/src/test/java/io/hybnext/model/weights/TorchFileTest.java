package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by {@code tests/python/make_torch_files.py} with PyTorch 2.13, and golden ones. */
class TorchFileTest {
  @TempDir Path folder;

  static Path resource(String name) {
    try {
      return Path.of(TorchFileTest.class.getResource("torch/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bare.pt", "legacy.pt", "protocol4.ckpt", "training.pt"})
  void shouldReadEveryTypeAndViewLikeTorch(String name) throws IOException {
    try (Checkpoint torch = Checkpoint.open(resource(name));
        Checkpoint expected = Checkpoint.open(resource("expected.safetensors"))) {
      assertSame(expected, torch);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llamagen-c2i", "llamagen-t2i", "llamagen-vq"})
  void shouldReadReleasedCheckpointsAsTheirSafetensors(String name) throws IOException {
    Path golden =
        Path.of(System.getProperty("hybnext.root", "..")).resolve("tests/golden").resolve(name);
    try (Checkpoint torch = Checkpoint.open(golden.resolve("model.pt"));
        Checkpoint expected = Checkpoint.open(golden.resolve("model.safetensors"))) {
      assertSame(expected, torch);
    }
  }

  private static void assertSame(Checkpoint expected, Checkpoint actual) throws IOException {
    assertEquals(Set.copyOf(expected.names()), Set.copyOf(actual.names()));
    for (String name : expected.names()) {
      assertEquals(expected.entry(name).toString(), actual.entry(name).toString());
      assertEquals(expected.data(name), actual.data(name), name);
      assertEquals(expected.data(name), streamed(actual, name), name);
    }
  }

  private static ByteBuffer streamed(Checkpoint checkpoint, String name) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) checkpoint.entry(name).sizeBytes());
    checkpoint.stream(name, all::put);
    return all.flip();
  }

  @Test
  void shouldChooseTheStateDictAsTheOriginalsDo() throws IOException {
    try (TorchFile model = TorchFile.open(resource("training.pt"));
        TorchFile ema = TorchFile.open(resource("training.pt"), TorchFile.EMA_FIRST);
        TorchFile wrapped = TorchFile.open(resource("protocol4.ckpt"));
        TorchFile bare = TorchFile.open(resource("bare.pt"))) {
      assertEquals("model", model.choice());
      assertEquals(List.of("optimizer", "args", "steps", "ema"), model.others());
      assertEquals("ema", ema.choice());
      assertArrayEquals(new float[] {0}, ema.floats("f32"));
      assertEquals("state_dict", wrapped.choice());
      assertEquals("", bare.choice());
      assertEquals(List.of(), bare.others());
    }
  }

  @Test
  void shouldGiveTensorsThatStayValidAfterClosing() throws IOException {
    ByteBuffer mapped;
    ByteBuffer gathered;
    try (TorchFile file = TorchFile.open(resource("bare.pt"))) {
      mapped = file.data("rows");
      gathered = file.data("columns");
    }
    assertTrue(mapped.isDirect() && mapped.isReadOnly() && gathered.isReadOnly());
    assertEquals(6f, mapped.getFloat(0));
    assertEquals(9f, gathered.getFloat(12)); // row 1, column 3
  }

  @ParameterizedTest
  @CsvSource({
    "attack.pt, posix.system",
    "attack-legacy.pt, commands.Popen",
    "module.pt, torch.nn.modules.linear.Linear",
    "script.pt, TorchScript",
    "no-tensors.pt, holds no state dict",
    "expected.safetensors, does not begin like"
  })
  void shouldRefuseEverythingElseByName(String name, String reason) {
    CheckpointException refused =
        assertThrows(CheckpointException.class, () -> TorchFile.open(resource(name)));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    assertTrue(refused.getMessage().contains(name), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @Test
  void shouldRefuseAFileThatWasCutOff() throws IOException {
    for (String name : List.of("bare.pt", "legacy.pt")) {
      byte[] whole = Files.readAllBytes(resource(name));
      for (int length = 2; length < whole.length; length += 41) {
        Path cut = Files.write(folder.resolve("cut.pt"), java.util.Arrays.copyOf(whole, length));
        assertThrows(CheckpointException.class, () -> TorchFile.open(cut), name + " " + length);
      }
    }
    assertThrows(CheckpointException.class, () -> TorchFile.open(folder.resolve("none.pt")));
  }
}
