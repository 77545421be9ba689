package io.hybnext.streams.ingest;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Named threads for work that would block the stream's own. */
final class WorkerThreads {
  private WorkerThreads() {}

  /** A pool of daemon threads; the caller shuts it down. */
  static ExecutorService fixed(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        threads,
        task -> {
          Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
