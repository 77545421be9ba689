package io.hybnext.ops.plan;

/**
 * A line of a plan.
 *
 * @param name of what is held
 * @param place where
 * @param bytes of one trainer; of the whole host for shared memory
 * @param remark when, or how it is known; empty for what is always there and worked out
 */
public record MemoryItem(String name, Place place, long bytes, String remark) {

  /** Kinds of memory. */
  public enum Place {
    /** Of the GPU; of the host where the device is the CPU. */
    DEVICE,
    /** Of the trainer's process. */
    HOST,
    /** {@code /dev/shm}, which all processes of the host share. */
    SHARED
  }
}
