package io.hybnext.actors.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.step.TrainStep.CheckpointPart;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartWriterTest {
  @TempDir Path root;

  private interface Writing {
    List<String> write(Path folder) throws IOException;
  }

  private static final class Part implements CheckpointPart {
    private final Writing writing;
    private boolean closed;

    Part(Writing writing) {
      this.writing = writing;
    }

    @Override
    public List<String> write(Path folder) throws IOException {
      return writing.write(folder);
    }

    @Override
    public long sizeBytes() {
      return 1234;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void shouldDescribeTheFilesThatWereWritten() throws Exception {
    Part part =
        new Part(
            folder -> {
              Files.writeString(folder.resolve("a.bin"), "abc");
              return List.of("a.bin");
            });
    assertEquals(
        List.of(
            new CheckpointFile(
                "a.bin", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
        PartWriter.write(part, root.resolve("new/folder")));
    assertTrue(part.closed);
  }

  @Test
  void shouldSayWhatHappenedWhereWhenTheDiskIsFull() {
    Part part =
        new Part(
            folder -> {
              throw new FileSystemException(folder + "/a.bin", null, "No space left on device");
            });
    CheckpointException error =
        assertThrows(CheckpointException.class, () -> PartWriter.write(part, root));
    assertTrue(error.getMessage().startsWith("cannot write 1234 bytes to " + root + ": "));
    assertTrue(error.getMessage().contains("No space left on device"));
    assertTrue(part.closed);
  }
}
