package io.hybnext.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.ops.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
  @TempDir Path root;

  private String refusal(String content) throws Exception {
    RunFolder folder = new RunFolder(root);
    Files.writeString(folder.runFile(), content);
    return assertThrows(CommandFailure.class, () -> RunFile.read(folder))
        .getMessage()
        .replace(folder.runFile().toString(), "FILE");
  }

  @Test
  void shouldTellARunOfANewerReleaseFromADamagedFile() throws Exception {
    assertEquals(
        "FILE was written by a newer release: this one does not know its field wires; go on with"
            + " the release that began the run, or give the run a new folder",
        refusal("{\"wires\": 3, \"run\": \"r\"}"));
    assertEquals(
        "FILE is damaged in line 2; restore it, or give the run a new folder",
        refusal("{\"run\": \"r\",\n \"settings\""));
    assertTrue(refusal("").startsWith("FILE is damaged"));
    assertTrue(refusal("{}").startsWith("FILE is damaged"));
  }
}
