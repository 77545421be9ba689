package io.hybnext.actors.exchange.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.CncFileDescriptor;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AbandonedFoldersTest {
  @TempDir Path shared;

  @Test
  void shouldLeaveADriverAloneThatRuns() throws Exception {
    try (MediaDriverHost driver = MediaDriverHost.launch(shared.resolve("hybnext-1"))) {
      silenceFor(shared.resolve("hybnext-1"), 120_000);
      assertEquals(List.of(), AbandonedFolders.in(shared));
    }
  }

  @Test
  void shouldDeleteWhatAKilledDriverLeftBehindWhenTheNextOneStarts() throws Exception {
    Path left = shared.resolve("hybnext-1");
    killDriverIn(left);
    Files.writeString(left.resolve("slots-2048-0"), "of a member that was killed with it");
    Files.writeString(Files.createDirectory(shared.resolve("hybnext-notes")).resolve("a"), "b");
    assertEquals(List.of(), AbandonedFolders.in(shared), "it may belong to another container");
    silenceFor(left, 120_000);
    assertEquals(List.of(left), AbandonedFolders.in(shared));
    try (MediaDriverHost next = MediaDriverHost.launch(shared.resolve("hybnext-2"))) {
      assertFalse(Files.exists(left));
      assertTrue(Files.exists(shared.resolve("hybnext-2")));
      assertTrue(Files.exists(shared.resolve("hybnext-notes")), "no driver was there");
    }
  }

  private static void killDriverIn(Path folder) throws Exception {
    Process driver =
        new ProcessBuilder(MediaDriverProcess.javaCommand(folder))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      byte[] ready = driver.getInputStream().readNBytes(MediaDriverHost.READY.length());
      assertEquals(MediaDriverHost.READY, new String(ready, StandardCharsets.UTF_8));
    } finally {
      driver.destroyForcibly().onExit().get();
    }
    assertTrue(Files.exists(folder), "nobody cleaned up");
  }

  /** Sets back when a driver said something last. */
  private static void silenceFor(Path folder, long ms) {
    MappedByteBuffer file =
        IoUtil.mapExistingFile(folder.resolve(CncFileDescriptor.CNC_FILE).toFile(), "control file");
    new ManyToOneRingBuffer(
            CncFileDescriptor.createToDriverBuffer(
                file, CncFileDescriptor.createMetaDataBuffer(file)))
        .consumerHeartbeatTime(System.currentTimeMillis() - ms);
    BufferUtil.free(file);
  }
}
