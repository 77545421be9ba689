package io.hybnext.model.memory;

import io.hybnext.model.memory.Value.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Goes back through a tape as the autograd engine does: the operator called last comes first; what
 * it saved and its results' gradients go when it is done; a second gradient of the same value is
 * added to the first one, in place where nobody shares it.
 */
final class BackwardWalk {
  private final Map<Storage, Integer> holders = new HashMap<>();
  private final Map<Value, Gradient> gradients = new IdentityHashMap<>();
  private final Set<Storage> live;
  private long bytes;
  private long peak;

  /** Memory of a gradient and how many values it is the gradient of. */
  private static final class Gradient {
    private final long bytes;
    private int users = 1;

    private Gradient(long bytes) {
      this.bytes = bytes;
    }
  }

  BackwardWalk(List<Operator> operators, Value result, ForwardWalk forward) {
    live = new HashSet<>(forward.live());
    bytes = forward.left();
    peak = bytes;
    holders.merge(result.storage(), 1, Integer::sum);
    for (Operator operator : operators) {
      if (operator.differentiated()) {
        operator.saved().forEach(storage -> holders.merge(storage, 1, Integer::sum));
      }
    }
    Gradient given = new Gradient(0);
    gradients.put(result, given);
    for (int i = operators.size() - 1; i >= 0; i--) {
      if (operators.get(i).differentiated()) {
        run(operators.get(i));
      }
    }
  }

  private void run(Operator operator) {
    List<Gradient> made = new ArrayList<>();
    boolean reached = operator.outputs().stream().anyMatch(gradients::containsKey);
    Gradient above =
        operator.outputs().stream()
            .map(gradients::get)
            .filter(g -> g != null)
            .findFirst()
            .orElse(null);
    for (int i = 0; i < operator.inputs().size(); i++) {
      made.add(reached ? gradient(operator, i, above) : null);
    }
    if (reached) {
      peak = Math.max(peak, bytes + operator.backwardScratch());
    }
    operator.saved().forEach(this::release);
    for (Value output : operator.outputs()) {
      Gradient used = gradients.remove(output);
      if (used != null) {
        drop(used);
      }
    }
    for (int i = 0; i < made.size(); i++) {
      if (made.get(i) != null) {
        gather(operator.inputs().get(i), made.get(i));
      }
    }
  }

  private Gradient gradient(Operator operator, int input, Gradient above) {
    Value value = operator.inputs().get(input);
    if (!value.differentiated()) {
      return null;
    }
    if (operator.passesOn(input)) {
      above.users++;
      return above;
    }
    bytes += value.bytes();
    return new Gradient(value.bytes());
  }

  private void gather(Value value, Gradient more) {
    Gradient before = gradients.get(value);
    if (before == null) {
      gradients.put(value, more);
    } else if (before.users == 1) {
      drop(more);
    } else if (more.users == 1) {
      drop(before);
      gradients.put(value, more);
    } else {
      bytes += value.bytes();
      peak = Math.max(peak, bytes);
      drop(before);
      drop(more);
      gradients.put(value, new Gradient(value.bytes()));
    }
  }

  private void drop(Gradient gradient) {
    if (--gradient.users == 0) {
      bytes -= gradient.bytes;
    }
  }

  private void release(Storage storage) {
    if (holders.merge(storage, -1, Integer::sum) == 0 && live.remove(storage)) {
      bytes -= storage.bytes();
    }
  }

  /** The most at any moment. */
  long peak() {
    return peak;
  }

  /** Bytes of the gradients that are left. */
  long gradients() {
    return gradients.entrySet().stream()
        .filter(entry -> entry.getKey().storage().outside())
        .mapToLong(entry -> entry.getKey().bytes())
        .sum();
  }
}
