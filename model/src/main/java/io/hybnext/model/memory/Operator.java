package io.hybnext.model.memory;

import io.hybnext.model.memory.Value.Storage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One operator of a {@link Tape}: what it reads, makes and keeps, and what its derivative makes.
 */
final class Operator {
  private final List<Value> inputs = new ArrayList<>();
  private final List<Boolean> passesOn = new ArrayList<>();
  private final Set<Storage> saved = new LinkedHashSet<>();
  private List<Value> outputs = List.of();
  private long forwardScratch;
  private long backwardScratch;

  /** An argument whose gradient is an array of its own. */
  Operator reads(Value... values) {
    for (Value value : values) {
      inputs.add(value);
      passesOn.add(false);
    }
    return this;
  }

  /** An argument whose gradient is the result's gradient, or a view of it. */
  Operator passes(Value... values) {
    for (Value value : values) {
      inputs.add(value);
      passesOn.add(true);
    }
    return this;
  }

  /** What the derivative needs. */
  Operator saves(Value... values) {
    for (Value value : values) {
      saved.add(value.storage());
    }
    return this;
  }

  /** Bytes beside arguments and results while it runs. */
  Operator scratch(long forward, long backward) {
    forwardScratch = forward;
    backwardScratch = backward;
    return this;
  }

  Operator makes(List<Value> values) {
    outputs = List.copyOf(values);
    return this;
  }

  boolean differentiated() {
    return inputs.stream().anyMatch(Value::differentiated);
  }

  List<Value> inputs() {
    return inputs;
  }

  boolean passesOn(int input) {
    return passesOn.get(input);
  }

  Set<Storage> saved() {
    return saved;
  }

  List<Value> outputs() {
    return outputs;
  }

  long forwardScratch() {
    return forwardScratch;
  }

  long backwardScratch() {
    return backwardScratch;
  }
}
