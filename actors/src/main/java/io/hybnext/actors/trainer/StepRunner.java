package io.hybnext.actors.trainer;

import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.health.Activity;
import io.hybnext.actors.health.Activity.Doing;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.BatchSource;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.MDC;

/** Runs single steps of one member: batches in, gradients to the exchange, times measured. */
final class StepRunner {
  private static final long DATA_NS = TimeUnit.MILLISECONDS.toNanos(50); // ahead of their step

  private final TrainStep trainStep;
  private final BatchSource batches;
  private final Activity activity;
  private final KeptGradients kept;
  private final Consumer<ExchangeException> over;
  private StepExchange exchange;
  private MicroshardRange microshards;
  private CompletableFuture<Void> ended;
  private long aheadStep;
  private int aheadMicroshard;
  private CompletableFuture<Batch> ahead;
  private long lastEndNs;
  private long dataWaitNs;
  private long itemsStep = -1;
  private List<Long> items = List.of();

  /**
   * Runs steps of this maths on these batches.
   *
   * @param over told when a generation is over while a microshard is computed, which is then done
   *     to its end
   */
  StepRunner(
      TrainStep trainStep,
      BatchSource batches,
      Activity activity,
      Consumer<ExchangeException> over) {
    this.trainStep = trainStep;
    this.batches = batches;
    this.activity = activity;
    this.over = over;
    kept =
        new KeptGradients(trainStep.layout(), KeptGradients.LIMIT_BYTES, SystemNanoClock.INSTANCE);
  }

  /**
   * A generation is about to be entered.
   *
   * @param shared whether others take part in it
   * @param ended fails when the generation ends, which also ends a wait for data
   */
  void expect(MicroshardRange range, boolean shared, CompletableFuture<Void> ended) {
    this.microshards = range;
    this.ended = ended;
    kept.keep(shared);
  }

  /** Enters the generation that was expected. */
  void enter(StepExchange opened) {
    this.exchange = opened;
    lastEndNs = System.nanoTime();
  }

  /** The state becomes another one: nothing of it is of use. */
  void forget() {
    kept.clear();
  }

  /**
   * Computes one more microshard of a step that broke off, for the generation that is expected.
   *
   * @param step empty when none broke off
   * @return false when there is nothing to do, or its data do not come at once
   */
  boolean computeAhead(OptionalLong step) {
    if (step.isEmpty() || !kept.hasRoom(step.getAsLong())) {
      return false;
    }
    for (int microshard = microshards.first(); microshard < microshards.end(); microshard++) {
      if (kept.batch(step.getAsLong(), microshard) == null) {
        return computeAhead(step.getAsLong(), microshard);
      }
    }
    return false;
  }

  private boolean computeAhead(long step, int microshard) {
    CompletableFuture<Batch> wanted = asked(step, microshard);
    try {
      CompletableFuture.anyOf(wanted, ended).get(DATA_NS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException later) {
      return false; // the step itself meets what is wrong
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
    Batch batch = wanted.join();
    askAfter(step, microshard);
    kept.give(trainStep, batch, (bucket, gradient) -> {}, over);
    return true;
  }

  /**
   * Runs one step.
   *
   * @throws ExchangeException when the generation cannot go on
   */
  StepReport run(long step) {
    dataWaitNs = 0;
    long computeNs = 0;
    items = new ArrayList<>();
    itemsStep = step;
    activity.begin(step);
    MDC.put("step", Long.toString(step)); // of what this thread logs
    exchange.begin(step);
    for (int microshard = microshards.first(); microshard < microshards.end(); microshard++) {
      Batch batch = take(step, microshard);
      batch.samples().stream().map(Sample::item).forEach(items::add);
      activity.enter(Doing.COMPUTING);
      int number = microshard;
      KeptGradients.Outcome outcome =
          kept.give(
              trainStep, batch, (bucket, gradient) -> exchange.add(number, bucket, gradient), over);
      exchange.addLoss(microshard, outcome.loss());
      computeNs += outcome.computeNs();
      activity.computed(outcome.computeNs(), isFinite(outcome.loss()));
    }
    activity.enter(Doing.EXCHANGING);
    StepExchange.StepResult result = exchange.finish(trainStep);
    activity.stepDone(result.waitNs());
    long endNs = System.nanoTime();
    long stepNs = endNs - lastEndNs;
    lastEndNs = endNs;
    return report(step, result, computeNs, stepNs);
  }

  /**
   * What to tell of a step.
   *
   * @param computeNs forward and backward; 0 when it was not this call that did them
   * @param stepNs the whole step; 0 when it was completed by other means
   */
  StepReport report(long step, StepExchange.StepResult result, long computeNs, long stepNs) {
    List<Long> told = !result.applied() && itemsStep == step ? items : List.of();
    double rate = trainStep.learningRate(step);
    long doneMs = System.currentTimeMillis();
    return StepReport.of(step, result, rate, computeNs, dataWaitNs, stepNs, doneMs, told);
  }

  private static boolean isFinite(TrainStep.Loss loss) {
    return Double.isFinite(loss.nll() + loss.gva() + loss.zLoss());
  }

  /** Waits for a batch, and asks for the one after it so that it is read while this one is used. */
  private Batch take(long step, int microshard) {
    Batch known = kept.batch(step, microshard);
    if (known != null && isCurrent(known)) {
      return known;
    }
    CompletableFuture<Batch> wanted = asked(step, microshard);
    activity.enter(Doing.AWAITING_DATA);
    long startNs = System.nanoTime();
    Batch batch = await(wanted, step);
    if (!isCurrent(batch)) { // new items entered after it was asked for
      batch = await(ask(step, microshard), step);
    }
    long waitedNs = System.nanoTime() - startNs;
    dataWaitNs += waitedNs;
    activity.waitedForData(waitedNs);
    askAfter(step, microshard);
    return batch;
  }

  private CompletableFuture<Batch> asked(long step, int microshard) {
    boolean asked = ahead != null && aheadStep == step && aheadMicroshard == microshard;
    return asked ? ahead : ask(step, microshard);
  }

  private void askAfter(long step, int microshard) {
    boolean last = microshard + 1 == microshards.end();
    aheadStep = last ? step + 1 : step;
    aheadMicroshard = last ? microshards.first() : microshard + 1;
    ahead = ask(aheadStep, aheadMicroshard);
  }

  private Batch await(CompletableFuture<Batch> wanted, long step) {
    try {
      CompletableFuture.anyOf(wanted, ended).join();
      return wanted.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ExchangeException end) {
        throw end;
      }
      throw noBatch(step, e.getCause() == null ? e : e.getCause());
    }
  }

  private boolean isCurrent(Batch batch) {
    try {
      return batches.isCurrent(batch);
    } catch (StoreException e) {
      throw noBatch(batch.step(), e);
    }
  }

  private static ExchangeException noBatch(long step, Throwable why) {
    return new ExchangeException("no batch for step " + step + ": " + why.getMessage(), why);
  }

  private CompletableFuture<Batch> ask(long step, int microshard) {
    return batches.batch(step, microshard).toCompletableFuture();
  }
}
