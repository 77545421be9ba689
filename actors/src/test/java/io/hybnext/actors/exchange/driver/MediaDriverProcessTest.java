package io.hybnext.actors.exchange.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.hybnext.actors.exchange.ExchangeException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaDriverProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void shouldServeMembersAndDeleteItsFolderAtTheEnd() {
    Path directory = folder.resolve("aeron");
    try (MediaDriverProcess driver =
        MediaDriverProcess.start(MediaDriverProcess.javaCommand(directory), directory, LIMIT)) {
      try (Aeron aeron =
          Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()))) {
        assertFalse(aeron.isClosed());
      }
      String message =
          assertThrows(ExchangeException.class, () -> MediaDriverHost.launch(directory))
              .getMessage();
      assertTrue(message.contains("a media driver runs there already"), message);
      assertTrue(driver.isAlive());
    }
    assertFalse(Files.exists(directory));
  }

  @Test
  void shouldEndWhenTheParentEnds() throws Exception {
    Path directory = folder.resolve("aeron");
    PipedOutputStream parent = new PipedOutputStream();
    CompletableFuture<Void> served = serve(directory, parent);
    assertTrue(Files.exists(directory));
    parent.close();
    served.get(30, TimeUnit.SECONDS);
    assertFalse(Files.exists(directory));
  }

  @Test
  void shouldStayForItsMembersWhenTheParentIsKilled() throws Exception {
    Path directory = folder.resolve("aeron");
    PipedOutputStream parent = new PipedOutputStream();
    CompletableFuture<Void> served = serve(directory, parent);
    try (Aeron aeron = member(directory)) {
      parent.close();
      try (MediaDriverProcess adopted = MediaDriverProcess.running(directory).orElseThrow()) {
        assertTrue(adopted.isAlive());
      }
      try (Publication publication = aeron.addPublication("aeron:ipc", 7)) {
        assertFalse(publication.isClosed());
      }
      assertFalse(served.isDone());
    }
    served.get(30, TimeUnit.SECONDS);
    assertFalse(Files.exists(directory));
  }

  @Test
  void shouldEndForMembersTooWhenTheParentSaysSo() throws Exception {
    Path directory = folder.resolve("aeron");
    PipedOutputStream parent = new PipedOutputStream();
    CompletableFuture<Void> served = serve(directory, parent);
    try (Aeron aeron = member(directory)) {
      parent.write(MediaDriverHost.END);
      parent.close();
      served.get(30, TimeUnit.SECONDS);
      assertFalse(Files.exists(directory));
    }
  }

  /** A client that the driver knows by its process, once it has seen it. */
  private static Aeron member(Path directory) {
    Aeron aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(directory.toString())
                .errorHandler(error -> {})
                .subscriberErrorHandler(error -> {}));
    aeron.addCounter(ClientName.COUNTER_TYPE, ClientName.ofThisProcess());
    return aeron;
  }

  private static CompletableFuture<Void> serve(Path directory, PipedOutputStream parent)
      throws Exception {
    PipedInputStream input = new PipedInputStream(parent);
    PipedInputStream output = new PipedInputStream();
    PrintStream out = new PrintStream(new PipedOutputStream(output), true, StandardCharsets.UTF_8);
    CompletableFuture<Void> served =
        CompletableFuture.runAsync(
            () -> {
              try {
                MediaDriverHost.serve(directory, input, out);
              } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
              }
            });
    byte[] line = output.readNBytes(MediaDriverHost.READY.length());
    assertEquals(MediaDriverHost.READY, new String(line, StandardCharsets.UTF_8));
    return served;
  }

  @Test
  void shouldTakeOverTheFolderOfADriverThatWasKilled() throws Exception {
    Path directory = folder.resolve("aeron");
    try (MediaDriverProcess driver =
        MediaDriverProcess.start(MediaDriverProcess.javaCommand(directory), directory, LIMIT)) {
      ProcessHandle process = ProcessHandle.of(driver.pid()).orElseThrow();
      process.destroyForcibly();
      process.onExit().get(30, TimeUnit.SECONDS);
      assertTrue(Files.exists(directory));
      MediaDriverHost.launch(directory).close();
      assertFalse(Files.exists(directory));
    }
  }

  @Test
  void shouldSayWhenTheProcessEndsAtOnce() {
    String message =
        assertThrows(
                ExchangeException.class,
                () -> MediaDriverProcess.start(List.of("false"), folder, LIMIT))
            .getMessage();
    assertTrue(message.contains("ended before it was ready"), message);
  }
}
