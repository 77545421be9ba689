package io.hybnext.actors.trainer;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.HeldState;
import io.hybnext.actors.exchange.Settlement;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.health.Activity;
import io.hybnext.actors.health.Activity.Doing;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.step.TrainStep.CheckpointPart;
import io.hybnext.actors.trainer.TrainerPlan.Next;
import io.hybnext.streams.batch.BatchSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Runs a trainer on a thread of its own: maths, exchange and data are used from nowhere else.
 * Orders come in from any thread and take effect at the next boundary between steps; {@link
 * #abort}, a new generation and {@link #leave} also end a step that waits for others.
 */
public final class TrainerLoop implements Runnable {
  private final String trainer;
  private final TrainerFactory factory;
  private final TrainerListener listener;
  private final Object lock = new Object();
  private final TrainerPlan plan = new TrainerPlan();
  private final CheckpointWriter writer;
  private final Activity activity = new Activity();

  // Guarded by lock: orders from other threads end the exchange and the wait for data.
  private long announcedNs;
  private StepExchange exchange;
  private CompletableFuture<Void> ended = new CompletableFuture<>();

  // The trainer's own thread only.
  private Generation generation;
  private TrainStep trainStep;
  private HeldState held;
  private BatchSource batches;
  private StepRunner steps;
  private ExchangeAhead ahead;

  /**
   * Creates the loop; {@link #start} runs it.
   *
   * @param trainer name of this trainer
   */
  public TrainerLoop(String trainer, TrainerFactory factory, TrainerListener listener) {
    this.trainer = trainer;
    this.factory = factory;
    this.listener = listener;
    writer = new CheckpointWriter(listener);
  }

  /** What it does and has done; from any thread. */
  public Activity activity() {
    return activity;
  }

  /** Starts the trainer's thread. */
  public void start() {
    new Thread(this, trainer).start();
  }

  /**
   * Orders it to stop where it is and to prepare a generation; what it holds it keeps.
   *
   * @return false for an order that it knows already, or that others have overtaken
   */
  public boolean announce(Generation next) {
    synchronized (lock) {
      boolean isNew = plan.announce(next);
      if (isNew) {
        announcedNs = System.nanoTime();
        interruptStep("generation " + next.number() + " follows");
      }
      lock.notifyAll();
      return isNew;
    }
  }

  /** Orders it to run up to {@code limit} steps done, and to take a checkpoint on the way. */
  public void proceed(long number, long holds, long limit, Optional<CheckpointRequest> checkpoint) {
    synchronized (lock) {
      plan.proceed(number, holds, limit, checkpoint);
      lock.notifyAll();
    }
  }

  /**
   * Orders it to begin no further step until the next {@link #proceed}.
   *
   * @return number of steps done, the one that it is in counted as done; empty when it does no
   *     steps of this generation
   */
  public OptionalLong hold(long number, long holds) {
    synchronized (lock) {
      return plan.hold(number, holds);
    }
  }

  /** Orders it to leave a generation; what it holds it keeps. */
  public void abort(long number, String reason) {
    synchronized (lock) {
      if (plan.abort(number)) {
        interruptStep(reason);
      }
      lock.notifyAll();
    }
  }

  /** Orders it to close everything and end. */
  public void leave(String reason) {
    synchronized (lock) {
      plan.leave();
      interruptStep(reason);
      lock.notifyAll();
    }
  }

  private void interruptStep(String reason) {
    ended.completeExceptionally(new ExchangeException(reason));
    if (exchange != null) {
      exchange.abort(reason);
    }
  }

  @Override
  public void run() {
    Throwable defect = null;
    try {
      trainStep = factory.openTrainStep();
      held = new HeldState(trainStep.layout());
      batches = factory.openBatches();
      steps = new StepRunner(trainStep, batches, activity, this::onOver);
      ahead =
          new ExchangeAhead(
              trainer, next -> factory.openExchange(next, trainer, trainStep.layout()));
      listener.opened();
      while (act(await())) {}
    } catch (InterruptedException e) {
      defect = new IllegalStateException(trainer + " was interrupted", e);
    } catch (RuntimeException | Error e) {
      defect = e;
    } finally {
      defect = closeAll(defect);
      listener.ended(Optional.ofNullable(defect));
    }
  }

  private Next await() throws InterruptedException {
    synchronized (lock) {
      Next next = plan.next();
      while (next instanceof TrainerPlan.Wait) {
        activity.enter(Doing.AWAITING_ORDERS);
        lock.wait();
        next = plan.next();
      }
      if (next instanceof TrainerPlan.RunStep) {
        plan.stepping();
      }
      return next;
    }
  }

  private boolean act(Next next) {
    if (next instanceof TrainerPlan.Leave) {
      return false;
    }
    try {
      if (next instanceof TrainerPlan.Prepare prepare) {
        prepare(prepare.generation());
      } else if (next instanceof TrainerPlan.Capture capture) {
        capture(capture.request());
      } else if (next instanceof TrainerPlan.RunStep run) {
        runStep(run.step());
      }
    } catch (ExchangeException e) {
      onBroken(e.getMessage(), e.lost(), false);
    } catch (IOException e) {
      onBroken(e.getMessage(), List.of(), true);
    }
    return true;
  }

  /**
   * Ways are opened, and members tell each other what they hold, while this one does what it will
   * have to do of the step that broke off.
   */
  private void prepare(Generation next) throws IOException {
    activity.enter(Doing.SETTLING);
    long sinceNs;
    synchronized (lock) {
      plan.preparing(next);
      ended = new CompletableFuture<>();
      sinceNs = announcedNs;
    }
    generation = next;
    ahead.begin(next, detachExchange());
    steps.expect(next.member(trainer).microshards(), next.worldSize() > 1, ended);
    while (!ahead.isReady() && steps.computeAhead(held.unfinished())) {}
    StepExchange opened = ahead.take();
    opened.watch(
        (members, stalled) -> {
          activity.waitsFor(members);
          listener.waits(next, members, stalled);
        });
    synchronized (lock) {
      exchange = opened;
      if (!plan.isIntact(next.number())) {
        opened.abort("generation " + next.number() + " ended while " + trainer + " prepared it");
        return;
      }
    }
    long openedNs = System.nanoTime();
    Settlement settlement =
        opened.settle(trainStep, held, () -> steps.computeAhead(held.unfinished()));
    boolean lost = settlement instanceof Settlement.StateLost;
    if (lost) {
      restore(next);
      settlement = opened.settle(trainStep, held);
    }
    if (!(settlement instanceof Settlement.GoOn agreed)) {
      throw new ExchangeException(
          "generation " + next.number() + " lost the state that its members had just restored");
    }
    PrepareTimes times = new PrepareTimes(openedNs - sinceNs, System.nanoTime() - openedNs, lost);
    synchronized (lock) {
      plan.settled(agreed.step());
    }
    Optional<StepReport> completed =
        agreed.completed().map(result -> steps.report(agreed.step() - 1, result, 0, 0));
    steps.enter(opened);
    listener.prepared(next, agreed.step(), completed, times);
  }

  private void restore(Generation next) throws IOException {
    held.clear();
    steps.forget();
    if (next.checkpoint().isEmpty()) {
      trainStep.initialise();
    } else {
      trainStep.restore(Path.of(next.checkpoint()));
    }
    held.reset(next.startStep());
  }

  private void runStep(long step) {
    var report = steps.run(step);
    synchronized (lock) {
      plan.stepped();
    }
    listener.stepDone(generation, report);
  }

  private void capture(CheckpointRequest request) {
    long startNs = System.nanoTime();
    activity.enter(Doing.CAPTURING);
    writer.awaitLast(); // one part in memory at a time
    int rank = generation.member(trainer).rank();
    CheckpointPart part = trainStep.capture(exchange.owned(), rank, generation.worldSize());
    synchronized (lock) {
      plan.captured(request);
    }
    writer.write(generation, request, part, System.nanoTime() - startNs);
  }

  /**
   * The step under way is over; what follows begins while the microshard is computed to its end.
   */
  private void onOver(ExchangeException why) {
    onBroken(why.getMessage(), why.lost(), false);
    Next next;
    synchronized (lock) {
      next = plan.next();
    }
    if (next instanceof TrainerPlan.Prepare prepare) {
      ahead.begin(prepare.generation(), detachExchange());
    }
  }

  /** Tells only what did not come as an order. */
  private void onBroken(String reason, List<String> lost, boolean unreadable) {
    boolean news;
    synchronized (lock) {
      news = plan.isIntact(generation.number());
      plan.broke();
    }
    if (news) {
      listener.broken(generation, reason, lost, unreadable);
    }
  }

  /** The exchange is nobody's any more; null when there is none. */
  private StepExchange detachExchange() {
    synchronized (lock) {
      StepExchange old = exchange;
      exchange = null;
      return old;
    }
  }

  /** Closes in the reverse order of opening; a later failure does not hide the first. */
  private Throwable closeAll(Throwable defect) {
    Throwable first = closing(writer::close, defect);
    first = closing(() -> close(ahead), first);
    first = closing(() -> close(detachExchange()), first);
    first = closing(() -> close(batches), first);
    return closing(() -> close(trainStep), first);
  }

  private interface Closing {
    void run() throws Exception;
  }

  private static Throwable closing(Closing action, Throwable first) {
    try {
      action.run();
      return first;
    } catch (Exception e) {
      if (first == null) {
        return e;
      }
      first.addSuppressed(e);
      return first;
    }
  }

  private static void close(AutoCloseable resource) throws Exception {
    if (resource != null) {
      resource.close();
    }
  }
}
