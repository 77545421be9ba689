package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the exchange says, and to whom, when it cannot go on. */
class ExchangeEndingTest {
  private static final BucketLayout SMALL =
      new BucketLayout(List.of(new Bucket("a", 37), new Bucket("b", 1), new Bucket("c", 500)));
  private static final BucketLayout OTHER = new BucketLayout(List.of(new Bucket("a", 70_001)));
  private static final ExchangeSettings SETTINGS =
      ExchangeSettings.defaults().withTermLength(1 << 20);

  @TempDir static Path folder;
  private static ExecutorService threads;
  private static MediaDriverHost driver;

  @BeforeAll
  static void startDriver() {
    driver = MediaDriverHost.launch(folder.resolve("aeron"));
    threads = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void stopDriver() {
    threads.shutdownNow();
    driver.close();
  }

  private static void settle(StepExchange exchange, BucketLayout layout) {
    ExchangeRun.settle(exchange, new LinearTrainStep(layout, 1), 0);
  }

  private static Generation ipc(int members) {
    return ExchangeRun.generation(
        MicroshardRange.split(members, members), folder.resolve("aeron").toString(), "aeron:ipc");
  }

  @Test
  void shouldNameTheMemberThatNeverCame() {
    ExchangeSettings hasty =
        SETTINGS.withClock(() -> System.nanoTime() * 1000); // a minute is 60 ms
    try (AeronStepExchange exchange = AeronStepExchange.open(ipc(2), "trainer-0", SMALL, hasty)) {
      String message =
          assertThrows(ExchangeException.class, () -> settle(exchange, SMALL)).getMessage();
      assertTrue(message.startsWith("trainer-1: silent for more than 60.0 s"), message);
    }
  }

  @Test
  void shouldNameTheMemberThatFellSilentInAStep() throws Exception {
    Generation generation = ipc(3);
    ExchangeSettings limits = SETTINGS.withLimits(Duration.ofSeconds(60), Duration.ofSeconds(2));
    CountDownLatch over = new CountDownLatch(1);
    CompletableFuture<String> failure = new CompletableFuture<>();
    ExecutorService members = Executors.newFixedThreadPool(3);
    for (int rank = 0; rank < 3; rank++) {
      int member = rank;
      members.execute(() -> stepOrFallSilent(generation, member, limits, failure, over));
    }
    String message = failure.get(30, TimeUnit.SECONDS);
    over.countDown();
    members.shutdown();
    assertTrue(message.startsWith("trainer-2: silent for more than 2.0 s"), message);
    assertTrue(members.awaitTermination(30, TimeUnit.SECONDS));
  }

  /** Rank 2 goes silent; all stay connected, so that only one member is at fault. */
  private static void stepOrFallSilent(
      Generation generation,
      int rank,
      ExchangeSettings settings,
      CompletableFuture<String> failure,
      CountDownLatch over) {
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, "trainer-" + rank, SMALL, settings)) {
      settle(exchange, SMALL);
      exchange.begin(0);
      if (rank < 2) {
        ExchangeRun.addAll(exchange, new MicroshardRange(rank, rank + 1), SMALL, 0);
        failure.complete(
            assertThrows(
                    ExchangeException.class, () -> exchange.finish(new LinearTrainStep(SMALL, 1)))
                .getMessage());
      }
      over.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unexpected) {
      failure.completeExceptionally(unexpected);
    }
  }

  @Test
  void shouldEndAWaitWhenAborted() throws Exception {
    try (AeronStepExchange exchange =
        AeronStepExchange.open(ipc(2), "trainer-0", SMALL, SETTINGS)) {
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(() -> settle(exchange, SMALL), threads);
      assertThrows(
          java.util.concurrent.TimeoutException.class,
          () -> waiting.get(50, TimeUnit.MILLISECONDS));
      exchange.abort("trainer-1 was lost");
      exchange.abort("later reason");
      Throwable failure =
          assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS))
              .getCause();
      assertEquals("trainer-1 was lost", failure.getMessage());
      assertThrows(ExchangeException.class, () -> settle(exchange, SMALL));
    }
  }

  @Test
  void shouldSayWhenTheMediaDriverGoes() throws Exception {
    Path other = folder.resolve("other");
    CompletableFuture<Void> waiting;
    try (MediaDriverHost shortLived = MediaDriverHost.launch(other)) {
      Generation generation =
          ExchangeRun.generation(MicroshardRange.split(2, 2), other.toString(), "aeron:ipc");
      AeronStepExchange exchange = AeronStepExchange.open(generation, "trainer-0", SMALL, SETTINGS);
      waiting = CompletableFuture.runAsync(() -> settle(exchange, SMALL), threads);
    }
    Throwable failure =
        assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS)).getCause();
    assertTrue(
        failure.getMessage().startsWith("the media driver in " + other + " is gone"),
        failure.getMessage());
  }

  @Test
  void shouldSayThatSettingsDifferBetweenMembers() throws Exception {
    Generation generation = ipc(2);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () -> {
              try (AeronStepExchange exchange =
                  AeronStepExchange.open(generation, "trainer-1", OTHER, SETTINGS)) {
                settle(exchange, OTHER);
              }
            },
            threads);
    try (AeronStepExchange exchange =
        AeronStepExchange.open(generation, "trainer-0", SMALL, SETTINGS)) {
      String message =
          assertThrows(ExchangeException.class, () -> settle(exchange, SMALL)).getMessage();
      assertTrue(message.contains("trainer-1") && message.contains("same settings"), message);
      assertThrows(ExecutionException.class, () -> other.get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldSayWhenNoMediaDriverAnswers() {
    Generation generation =
        ExchangeRun.generation(
            MicroshardRange.split(2, 2), folder.resolve("none").toString(), "aeron:ipc");
    String message =
        assertThrows(
                ExchangeException.class,
                () -> AeronStepExchange.open(generation, "trainer-0", SMALL, SETTINGS))
            .getMessage();
    assertTrue(message.startsWith("no media driver answers in "), message);
  }
}
