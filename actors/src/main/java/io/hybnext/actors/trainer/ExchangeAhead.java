package io.hybnext.actors.trainer;

import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.membership.Generation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Closes a generation's exchange and opens the next one on a thread of its own, while the trainer
 * computes on. Its methods belong to the trainer's thread.
 */
final class ExchangeAhead implements AutoCloseable {
  private final Function<Generation, StepExchange> open;
  private final ExecutorService thread;
  private Generation generation; // being opened, or open and not taken
  private CompletableFuture<StepExchange> opening;

  ExchangeAhead(String trainer, Function<Generation, StepExchange> open) {
    this.open = open;
    thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = new Thread(work, trainer + "-opening");
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Begins to open a generation's exchange, unless that was done.
   *
   * @param old closed before; may be null
   */
  void begin(Generation next, StepExchange old) {
    CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> close(old), thread);
    if (generation != null && generation.number() == next.number()) {
      return;
    }
    CompletableFuture<StepExchange> before = opening;
    generation = next;
    opening =
        closed.thenApplyAsync(
            done -> {
              closeOpened(before);
              return open.apply(next);
            },
            thread);
  }

  /** Whether {@link #take} returns, or throws, at once. */
  boolean isReady() {
    return opening.isDone();
  }

  /** Waits for the exchange that was begun last; throws what opening it threw. */
  StepExchange take() {
    CompletableFuture<StepExchange> begun = opening;
    opening = null;
    generation = null;
    try {
      return begun.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException sentence) {
        throw sentence;
      }
      throw failed;
    }
  }

  private static void closeOpened(CompletableFuture<StepExchange> before) {
    if (before != null) {
      close(before.exceptionally(failed -> null).join());
    }
  }

  private static void close(StepExchange exchange) {
    if (exchange != null) {
      exchange.close();
    }
  }

  /** Waits for what was begun, and closes it unless it was taken. */
  @Override
  public void close() {
    closeOpened(opening);
    opening = null;
    thread.shutdown();
  }
}
