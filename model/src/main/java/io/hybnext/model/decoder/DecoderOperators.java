package io.hybnext.model.decoder;

import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.List;

/**
 * {@code decoder.ts} on a tape: what the methods that decoders share hold in memory.
 *
 * @param tape where operators are written
 * @param computed bytes an element of the arithmetic inside a call
 * @param carry bytes an element of weights and of what goes from call to call
 */
public record DecoderOperators(Tape tape, int computed, int carry) {

  /** A bucket in the type of the arithmetic, split. */
  public List<Value> weights(Value flat, long... lengths) {
    return tape.split(tape.to(flat, computed), lengths);
  }

  /** A bucket split into its parameters. */
  public List<Value> weights(Value flat, ParameterLayout.Bucket bucket) {
    return weights(flat, bucket.sizes().stream().mapToLong(Integer::longValue).toArray());
  }

  /** RMS norm of so many rows. */
  public Value norm(Value x, Value gain, long rows) {
    Value f = tape.to(x, Float.BYTES);
    Value r = tape.map(tape.reduce(tape.mul(f, f), rows, false));
    return tape.scale(tape.to(tape.scale(f, r), computed), gain);
  }

  /** SwiGLU of rows; {@code w13} is (2F, D). */
  public Value feedForward(Value x, Value w13, Value w2, long rows) {
    long width = x.elements() / rows;
    long inner = w2.elements() / width;
    List<Value> ab = tape.chunk(tape.linear(x, w13, 2 * inner * rows), 2);
    return tape.linear(tape.mul(tape.activation(ab.get(0)), ab.get(1)), w2, x.elements());
  }

  /** x + y, y dropped out or not. */
  public Value join(Value x, Value y, boolean drops) {
    return drops ? tape.dropped(x, y) : tape.add(x, y);
  }

  /** Half-split rotation. */
  public Value rotateHalf(Value r) {
    List<Value> ab = tape.chunk(tape.to(r, Float.BYTES), 2);
    Value x = tape.add(tape.map(ab.get(0)), tape.map(ab.get(1)));
    Value y = tape.add(tape.map(ab.get(1)), tape.map(ab.get(0)));
    return tape.to(tape.cat(x, y), computed);
  }

  /** Keys or values repeated for every query head of their group. */
  public Value repeated(Value x, int group) {
    return group == 1 ? x : tape.copy(x, x.elements() * group);
  }

  /** fp32 logits of normed rows. */
  public Value logits(Value normed, Value matrix, long rows) {
    long vocabulary = matrix.elements() / (normed.elements() / rows);
    return tape.to(tape.linear(normed, matrix, rows * vocabulary), Float.BYTES);
  }

  /** Mean cross entropy, with z-loss or not. */
  public Value terms(Value logits, long rows, boolean zLoss) {
    Value nll = tape.crossEntropy(logits, 1);
    if (!zLoss) {
      return nll;
    }
    Value sums = tape.logSumExp(logits, rows);
    return tape.add(nll, tape.reduce(tape.mul(sums, sums), 1, false));
  }
}
