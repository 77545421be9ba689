package io.hybnext.model.memory;

/** An array of a {@link Tape}: which memory it is a view of, and what its gradient would take. */
public final class Value {
  private final Storage storage;
  private final long elements;
  private final int elementBytes;
  private final boolean differentiated;

  Value(Storage storage, long elements, int elementBytes, boolean differentiated) {
    this.storage = storage;
    this.elements = elements;
    this.elementBytes = elementBytes;
    this.differentiated = differentiated;
  }

  /**
   * Memory that values share.
   *
   * @param bytes its length
   * @param outside whether it belongs to the caller and is not counted
   */
  record Storage(long bytes, boolean outside, Object identity) {
    Storage(long bytes, boolean outside) {
      this(bytes, outside, new Object());
    }
  }

  Storage storage() {
    return storage;
  }

  /** Number of elements. */
  public long elements() {
    return elements;
  }

  /** Bytes an element. */
  public int elementBytes() {
    return elementBytes;
  }

  /** Bytes of a dense array of its shape, so of its gradient. */
  public long bytes() {
    return elements * elementBytes;
  }

  /** Whether gradients are gathered for it or for something it depends on. */
  public boolean differentiated() {
    return differentiated;
  }
}
