package io.hybnext.ops.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Something that takes a while to open and is opened on a thread of its own, while other things of
 * the process begin. Who takes it closes it; when nobody did, {@link #close} does.
 *
 * @param <T> what is opened
 */
final class OpenAhead<T extends AutoCloseable> implements AutoCloseable {
  private final CompletableFuture<T> opened = new CompletableFuture<>();
  private boolean taken;

  /**
   * Begins to open.
   *
   * @param name of the thread
   */
  OpenAhead(String name, Supplier<T> open) {
    Thread thread = new Thread(() -> open(open), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void open(Supplier<T> open) {
    try {
      opened.complete(open.get());
    } catch (RuntimeException | Error failed) {
      opened.completeExceptionally(failed);
    }
  }

  /** Waits for it; throws what opening it threw. */
  synchronized T take() {
    taken = true;
    try {
      return opened.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException sentence) {
        throw sentence;
      }
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw failed;
    }
  }

  /** Waits until it is open or failed, since nothing that libtorch does may be cut short. */
  @Override
  public synchronized void close() {
    if (taken) {
      return;
    }
    taken = true;
    T unused = opened.exceptionally(failed -> null).join();
    try {
      if (unused != null) {
        unused.close();
      }
    } catch (Exception failed) {
      throw new IllegalStateException("what was opened ahead cannot be closed", failed);
    }
  }
}
