package io.hybnext.ops.wiring;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One thread for the networks of a process outside training. Arrays and kernels belong to one
 * thread at a time, and libtorch already shares the work of an operator among its own threads.
 */
public final class MathsThread implements AutoCloseable {
  private final ExecutorService executor;

  /**
   * Starts the thread.
   *
   * @param name for thread dumps
   */
  public MathsThread(String name) {
    executor =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs the work on the thread, after what was given before. */
  public <T> CompletionStage<T> submit(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (Throwable failure) { // an Error too belongs to whoever waits for the result
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  /** Ends after the work in hand; what still waits is dropped. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the maths thread is still busy after 30 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
