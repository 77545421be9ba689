package io.hybnext.model.weights.pickle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A Python tuple. Not a record: tuples of a hostile pickle may share parts so often that comparing
 * or printing them would never end, so they are equal only to themselves.
 */
public final class PickleTuple {
  private final List<Object> items;

  PickleTuple(List<Object> items) {
    this.items = Collections.unmodifiableList(new ArrayList<>(items));
  }

  /** The items; {@code null} stands for None. */
  public List<Object> items() {
    return items;
  }

  /**
   * The items as whole numbers.
   *
   * @throws PickleException when one is something else
   */
  public long[] longs() throws PickleException {
    long[] values = new long[items.size()];
    for (int i = 0; i < values.length; i++) {
      if (!(items.get(i) instanceof Long value)) {
        throw new PickleException("it has a tuple with something else where numbers should be");
      }
      values[i] = value;
    }
    return values;
  }
}
