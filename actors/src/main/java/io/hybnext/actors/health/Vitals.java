package io.hybnext.actors.health;

import java.util.List;

/**
 * What a trainer tells of itself about once a second. Sums count from the start of its process.
 *
 * @param doing what it does
 * @param doingMs for how long
 * @param waitsFor names of members that it waits for
 * @param step number of the step that it is in, or was in last
 * @param steps done in all
 * @param microshards forward and backward passes in all
 * @param computeMs forward and backward in all
 * @param dataWaitMs waiting for batches in all
 * @param exchangeMs waiting for other members in all
 * @param notFiniteStep last step in which the loss of one of its own microshards was not a number;
 *     -1 for none
 * @param processor what its thread got of the processors
 * @param memory of its process and machine
 * @param device that it computes on
 */
public record Vitals(
    Activity.Doing doing,
    long doingMs,
    List<String> waitsFor,
    long step,
    long steps,
    long microshards,
    double computeMs,
    double dataWaitMs,
    double exchangeMs,
    long notFiniteStep,
    Processor processor,
    Memory memory,
    Device device) {

  /** Copies the list; trainers of earlier releases do not tell of the processor. */
  public Vitals {
    waitsFor = List.copyOf(waitsFor);
    processor = processor == null ? Processor.UNKNOWN : processor;
  }

  /**
   * What the thread that computes got of the processors; both stay 0 where it is not known.
   *
   * @param ranMs on a processor in all
   * @param waitedMs ready to run, but without a processor, in all, so that others are to blame
   */
  public record Processor(double ranMs, double waitedMs) {
    /** Nothing is known. */
    public static final Processor UNKNOWN = new Processor(0, 0);

    /** Share of the time since {@code before} that it waited of what it could have run; 0 to 1. */
    double waitShare(Processor before) {
      double waited = Math.max(0, waitedMs - before.waitedMs);
      double ran = Math.max(0, ranMs - before.ranMs);
      return waited + ran == 0 ? 0 : waited / (waited + ran);
    }
  }

  /**
   * Memory, bytes; 0 where it is not known.
   *
   * @param residentBytes of the process
   * @param heapBytes of the Java heap in use after the last collection
   * @param heapLimitBytes its bound
   * @param hostAvailableBytes that the machine, or the container, can still give
   * @param hostBytes that it has
   */
  public record Memory(
      long residentBytes,
      long heapBytes,
      long heapLimitBytes,
      long hostAvailableBytes,
      long hostBytes) {
    /** Nothing is known. */
    public static final Memory UNKNOWN = new Memory(0, 0, 0, 0, 0);
  }

  /**
   * A GPU.
   *
   * @param name what people know it by; empty for none
   * @param usedBytes of its memory, by all processes
   * @param totalBytes of its memory; 0 when unknown
   * @param trouble what it reports; empty when it is well
   */
  public record Device(String name, long usedBytes, long totalBytes, String trouble) {
    /** No GPU. */
    public static final Device NONE = new Device("", 0, 0, "");
  }
}
