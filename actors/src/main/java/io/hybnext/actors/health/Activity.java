package io.hybnext.actors.health;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a trainer does now and what it has done in all. Written by the trainer's own thread a few
 * times a step, read by any; the figures are single numbers, not a picture of one moment.
 */
public final class Activity {

  /** What a trainer can be doing. */
  public enum Doing {
    /** Loads the model and opens the data. */
    OPENING("opens model and data"),
    /** Has no order to go on. */
    AWAITING_ORDERS("waits for the coordinator"),
    /** Connects to the members of a generation and agrees with them on the state. */
    SETTLING("settles with the others"),
    /** Waits for a batch. */
    AWAITING_DATA("waits for data"),
    /** Forward and backward. */
    COMPUTING("computes"),
    /** Exchanges gradients and weights. */
    EXCHANGING("exchanges"),
    /** Copies its part of a checkpoint. */
    CAPTURING("copies a checkpoint");

    private final String phrase;

    Doing(String phrase) {
      this.phrase = phrase;
    }

    /** As the end of a sentence that begins with the trainer's name. */
    public String phrase() {
      return phrase;
    }
  }

  /**
   * What it does.
   *
   * @param doing kind
   * @param sinceNs when it began, of {@link System#nanoTime}
   * @param waitsFor names of members that it waits for
   */
  public record Present(Doing doing, long sinceNs, List<String> waitsFor) {

    /** Copies the list. */
    public Present {
      waitsFor = List.copyOf(waitsFor);
    }
  }

  private volatile Present present = new Present(Doing.OPENING, System.nanoTime(), List.of());
  private volatile ThreadSchedule schedule; // of the thread that computes
  private volatile long step;
  private volatile long notFiniteStep = -1;
  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong microshards = new AtomicLong();
  private final AtomicLong computeNs = new AtomicLong();
  private final AtomicLong dataWaitNs = new AtomicLong();
  private final AtomicLong exchangeNs = new AtomicLong();

  /** Begins something else; what it did before it does not do again without another call. */
  public void enter(Doing doing) {
    if (present.doing() != doing) {
      present = new Present(doing, System.nanoTime(), List.of());
    }
  }

  /** Waits for others in what it does now. */
  public void waitsFor(List<String> members) {
    Present now = present;
    present = new Present(now.doing(), now.sinceNs(), members);
  }

  /** A step begins; the thread that calls this computes it. */
  public void begin(long number) {
    ThreadSchedule known = schedule;
    if (known == null || !known.isOfThisThread()) {
      schedule = ThreadSchedule.ofThisThread();
    }
    step = number;
  }

  /** Got a batch after so long. */
  public void waitedForData(long ns) {
    dataWaitNs.addAndGet(ns);
  }

  /**
   * Forward and backward of a microshard of the present step are done.
   *
   * @param finite whether its loss is a number
   */
  public void computed(long ns, boolean finite) {
    microshards.incrementAndGet();
    computeNs.addAndGet(ns);
    if (!finite) {
      notFiniteStep = step;
    }
  }

  /** The present step is done, after waiting so long for other members. */
  public void stepDone(long waitNs) {
    steps.incrementAndGet();
    exchangeNs.addAndGet(waitNs);
  }

  /** What it does now. */
  public Present present() {
    return present;
  }

  /**
   * All of it, for others.
   *
   * @param memory of the process and its machine
   * @param device that it computes on
   */
  public Vitals vitals(Vitals.Memory memory, Vitals.Device device) {
    Present now = present;
    ThreadSchedule scheduled = schedule;
    return new Vitals(
        now.doing(),
        Math.max(0, (System.nanoTime() - now.sinceNs()) / 1_000_000),
        now.waitsFor(),
        step,
        steps.get(),
        microshards.get(),
        computeNs.get() / 1e6,
        dataWaitNs.get() / 1e6,
        exchangeNs.get() / 1e6,
        notFiniteStep,
        scheduled == null ? Vitals.Processor.UNKNOWN : scheduled.read(),
        memory,
        device);
  }
}
