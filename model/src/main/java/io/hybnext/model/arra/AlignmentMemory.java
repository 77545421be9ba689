package io.hybnext.model.arra;

import io.hybnext.model.decoder.DecoderOperators;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.List;

/** {@code arra.ts} on a tape: what the alignment term holds in memory. */
public final class AlignmentMemory {
  private AlignmentMemory() {}

  /**
   * The term of hidden states.
   *
   * @param on tape and types
   * @param hidden (B, S, D)
   * @param flat the projector's bucket
   * @param projector its layout
   */
  public static Value gva(
      DecoderOperators on,
      ArraConfig config,
      PassShape shape,
      Value hidden,
      Value flat,
      ParameterLayout.Bucket projector) {
    Tape tape = on.tape();
    long rows = (long) shape.batch() * shape.aligned();
    long width = hidden.elements() / shape.rows();
    List<Value> w = on.weights(flat, projector);
    Value states = tape.to(tape.part(hidden, rows * width), on.computed());
    long features = rows * config.featureDim();
    Value inner = tape.activation(tape.linear(states, w.get(0), features, w.get(2)));
    Value u = tape.to(tape.linear(inner, w.get(1), features, w.get(3)), Float.BYTES);
    if (config.distance() == ArraConfig.Distance.MSE) {
      Value d = tape.map(u);
      return tape.reduce(tape.mul(d, d), 1, false);
    }
    Value dot = tape.reduce(u, rows, false);
    return tape.reduce(tape.mul(dot, tape.reduce(u, rows, true)), 1, false);
  }
}
