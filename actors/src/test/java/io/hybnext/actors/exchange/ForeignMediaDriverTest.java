package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.hybnext.actors.exchange.ExchangeRun.Outcome;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A media driver as Aeron starts it, without anything of this project's settings. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignMediaDriverTest {
  private static final BucketLayout LAYOUT =
      new BucketLayout(List.of(new Bucket("a", 70_001), new Bucket("b", 300_000)));

  @TempDir Path folder;

  private void checkOver(String channel) throws Exception {
    MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(folder.resolve("foreign").toString())
            .dirDeleteOnShutdown(true)
            .termBufferSparseFile(true)
            .threadingMode(ThreadingMode.SHARED);
    ExchangeSettings settings = ExchangeSettings.defaults().withTermLength(1 << 20);
    try (MediaDriver foreign = MediaDriver.launch(context)) {
      List<Outcome> outcomes =
          ExchangeRun.run(
              ExchangeRun.generation(
                  MicroshardRange.split(4, 2), foreign.aeronDirectoryName(), channel),
              LAYOUT,
              settings,
              1,
              2);
      List<Outcome> alone =
          ExchangeRun.run(
              ExchangeRun.generation(MicroshardRange.split(4, 1), "", "aeron:ipc"),
              LAYOUT,
              settings,
              1,
              2);
      for (Outcome outcome : outcomes) {
        assertEquals(alone.get(0).trainStep().weights(1), outcome.trainStep().weights(1));
      }
    }
  }

  @Test
  void shouldExchangeThroughSharedMemoryOfAForeignDriver() throws Exception {
    checkOver("aeron:ipc");
  }

  @Test
  void shouldExchangeOverDatagramsOfAForeignDriver() throws Exception {
    int port;
    try (DatagramSocket free = new DatagramSocket()) {
      port = free.getLocalPort();
    }
    checkOver("aeron:udp?endpoint=127.0.0.1:" + port);
  }
}
