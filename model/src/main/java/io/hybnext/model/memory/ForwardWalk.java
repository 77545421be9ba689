package io.hybnext.model.memory;

import io.hybnext.model.memory.Value.Storage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Goes through a tape as the interpreter does: what nothing reads any more and no derivative needs
 * is freed at once.
 */
final class ForwardWalk {
  private final Map<Storage, Integer> lastUse = new HashMap<>();
  private final Set<Storage> live = new HashSet<>();
  private final Set<Storage> saved = new HashSet<>();
  private final Storage result;
  private long bytes;
  private long peak;

  ForwardWalk(List<Operator> operators, Value result, boolean recording) {
    this.result = result.storage();
    for (int i = 0; i < operators.size(); i++) {
      Operator operator = operators.get(i);
      for (Value value : operator.inputs()) {
        lastUse.put(value.storage(), i);
      }
      for (Value value : operator.outputs()) {
        lastUse.put(value.storage(), i);
      }
      if (recording && operator.differentiated()) {
        saved.addAll(operator.saved());
      }
    }
    for (int i = 0; i < operators.size(); i++) {
      run(i, operators.get(i));
    }
  }

  private void run(int number, Operator operator) {
    for (Value value : operator.outputs()) {
      Storage storage = value.storage();
      if (!storage.outside() && live.add(storage)) {
        bytes += storage.bytes();
      }
    }
    peak = Math.max(peak, bytes + operator.forwardScratch());
    for (Value value : operator.inputs()) {
      freeAfter(number, value.storage());
    }
    for (Value value : operator.outputs()) {
      freeAfter(number, value.storage());
    }
  }

  private void freeAfter(int number, Storage storage) {
    boolean wanted = storage.equals(result) || saved.contains(storage);
    if (!wanted && lastUse.get(storage) == number && live.remove(storage)) {
      bytes -= storage.bytes();
    }
  }

  /** The most at any moment. */
  long peak() {
    return peak;
  }

  /** What is left, the result included. */
  long left() {
    return bytes;
  }

  /** Memory that is left. */
  Set<Storage> live() {
    return live;
  }
}
