package io.hybnext.streams.batch;

import io.hybnext.streams.flow.ByteBudget;
import io.hybnext.streams.flow.ByteBudget.Permit;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Reads batches ahead in a stream, bounded in bytes. Guesses wait in a queue for bytes of the
 * budget; one that is asked for before its turn is read at once instead, outside the budget because
 * its asker takes it away, so guesses that nobody comes for can never hold up a trainer. Guesses
 * for steps that are over are dropped.
 */
final class BatchPrefetch implements AutoCloseable {
  private static final int QUEUE_LENGTH = 1024;

  private final int steps;
  private final BatchSize size;
  private final BatchLoad load;
  private final Executor readThread;
  private final ByteBudget budget;
  private final BoundedSourceQueue<Guess> queue;
  private final Map<Key, Guess> guesses = new HashMap<>();
  private long currentStep = -1;

  /** Bytes of a batch. */
  interface BatchSize {
    long of(long step, int microshard);
  }

  /** Reads a batch. */
  interface BatchLoad {
    Batch of(long step, int microshard);
  }

  private record Key(long step, int microshard) {}

  /** A batch that may be asked for; fields are guarded by this prefetch's lock. */
  private static final class Guess {
    final Key key;
    final CompletableFuture<Batch> batch = new CompletableFuture<>();
    boolean reading; // the stream took it on; the future will complete without waiting for bytes
    boolean dropped; // nobody wants it from the stream any more
    Permit permit;

    Guess(Key key) {
      this.key = key;
    }
  }

  BatchPrefetch(
      ClassicActorSystemProvider system,
      PrefetchSettings settings,
      BatchSize size,
      BatchLoad load,
      Executor readThread) {
    this.steps = settings.steps();
    this.size = size;
    this.load = load;
    this.readThread = readThread;
    this.budget = new ByteBudget(settings.bytes());
    this.queue =
        Source.<Guess>queue(QUEUE_LENGTH)
            .mapAsync(1, this::admit)
            .mapAsync(1, this::read)
            .to(Sink.ignore())
            .named("batch-prefetch")
            .run(system);
  }

  /** The batch, read ahead or read now; guesses the next ones. */
  CompletionStage<Batch> take(long step, int microshard) {
    CompletionStage<Batch> ready = claim(new Key(step, microshard));
    CompletionStage<Batch> batch =
        ready != null
            ? ready
            : CompletableFuture.supplyAsync(() -> load.of(step, microshard), readThread);
    for (int ahead = 1; ahead <= steps; ahead++) {
      guess(new Key(step + ahead, microshard));
    }
    return batch;
  }

  private synchronized CompletionStage<Batch> claim(Key key) {
    if (key.step > currentStep) {
      currentStep = key.step;
      dropBefore(currentStep);
    }
    Guess guess = guesses.remove(key);
    if (guess == null) {
      return null;
    }
    if (!guess.reading) {
      guess.dropped = true;
      return null;
    }
    return guess.batch.whenComplete((batch, error) -> guess.permit.close());
  }

  private void dropBefore(long step) {
    for (Iterator<Guess> all = guesses.values().iterator(); all.hasNext(); ) {
      Guess guess = all.next();
      if (guess.key.step < step) {
        guess.dropped = true;
        if (guess.permit != null) {
          guess.permit.close();
        }
        all.remove();
      }
    }
  }

  private synchronized void guess(Key key) {
    if (guesses.containsKey(key)) {
      return;
    }
    Guess guess = new Guess(key);
    if (queue.offer(guess) == QueueOfferResult.enqueued()) {
      guesses.put(key, guess);
    }
  }

  /** Waits for bytes, in the order of the guesses. */
  private CompletionStage<Guess> admit(Guess guess) {
    return CompletableFuture.supplyAsync(() -> size(guess), readThread)
        .thenCompose(budget::acquire)
        .thenApply(permit -> admitted(guess, permit));
  }

  private long size(Guess guess) {
    synchronized (this) {
      if (guess.dropped) {
        return 0;
      }
    }
    try {
      return size.of(guess.key.step, guess.key.microshard);
    } catch (RuntimeException unreadable) {
      return 0; // reading it will say so to whoever asks
    }
  }

  private synchronized Guess admitted(Guess guess, Permit permit) {
    guess.permit = permit;
    guess.reading = !guess.dropped;
    if (guess.dropped) {
      permit.close();
    }
    return guess;
  }

  private CompletionStage<Done> read(Guess guess) {
    if (!guess.reading) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
    CompletableFuture<Done> done = new CompletableFuture<>();
    try {
      readThread.execute(
          () -> {
            complete(guess);
            done.complete(Done.getInstance());
          });
    } catch (RejectedExecutionException closed) {
      guess.batch.completeExceptionally(closed);
      done.complete(Done.getInstance());
    }
    return done;
  }

  private void complete(Guess guess) {
    try {
      guess.batch.complete(load.of(guess.key.step, guess.key.microshard));
    } catch (RuntimeException error) {
      guess.batch.completeExceptionally(error);
    }
  }

  long peakBytes() {
    return budget.peakBytes();
  }

  @Override
  public synchronized void close() {
    queue.complete();
    dropBefore(Long.MAX_VALUE);
  }
}
