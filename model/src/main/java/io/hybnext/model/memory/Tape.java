package io.hybnext.model.memory;

import io.hybnext.model.memory.Value.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operators of a kernel call, written down in the order of its text. Every method stands for
 * one of libtorch's operators and knows what its derivative keeps and makes. Source of that:
 * libtorch 2.7, tools/autograd/derivatives.yaml and torch/csrc/autograd/FunctionsManual.cpp; an
 * argument is kept only where the other one's gradient is wanted (gen_variable_type.py, guard_for).
 * Holds numbers alone, no memory.
 */
public final class Tape {
  private static final int FLOAT = Float.BYTES;

  private final List<Operator> operators = new ArrayList<>();

  /**
   * An argument of the call.
   *
   * @param differentiated whether gradients are gathered for it
   */
  public static Value argument(long elements, int elementBytes, boolean differentiated) {
    return new Value(
        new Storage(elements * elementBytes, true), elements, elementBytes, differentiated);
  }

  /** What the call holds, given its result. */
  public CallMemory memory(Value result) {
    ForwardWalk plain = new ForwardWalk(operators, result, false);
    ForwardWalk forward = new ForwardWalk(operators, result, true);
    BackwardWalk backward = new BackwardWalk(operators, result, forward);
    long own = result.storage().outside() ? 0 : result.storage().bytes();
    return new CallMemory(
        forward.left() - own,
        own,
        forward.peak(),
        plain.peak(),
        backward.peak(),
        backward.gradients());
  }

  /** Another element type; the same array where it has that already. */
  public Value to(Value x, int elementBytes) {
    return x.elementBytes() == elementBytes
        ? x
        : made(new Operator().reads(x), x.elements(), elementBytes);
  }

  /** The same memory in another shape or order of dimensions. */
  public Value view(Value x) {
    Value view = new Value(x.storage(), x.elements(), x.elementBytes(), x.differentiated());
    operators.add(new Operator().passes(x).makes(List.of(view)));
    return view;
  }

  /** Views of parts; the gradient of the whole is put together from theirs. */
  public List<Value> split(Value x, long... lengths) {
    List<Value> parts =
        Arrays.stream(lengths)
            .mapToObj(n -> new Value(x.storage(), n, x.elementBytes(), x.differentiated()))
            .toList();
    operators.add(new Operator().reads(x).makes(parts));
    return parts;
  }

  /** {@link #split} into parts of one length. */
  public List<Value> chunk(Value x, int parts) {
    long[] lengths = new long[parts];
    Arrays.fill(lengths, x.elements() / parts);
    return split(x, lengths);
  }

  /** A view of a part alone: {@code narrow}, {@code select}. */
  public Value part(Value x, long elements) {
    return split(x, elements).get(0);
  }

  /** Arrays one behind the other. */
  public Value cat(Value... parts) {
    long elements = Arrays.stream(parts).mapToLong(Value::elements).sum();
    return made(new Operator().passes(parts), elements, parts[0].elementBytes());
  }

  /** A copy in another order, or of an element several times whose gradients add up. */
  public Value copy(Value x, long elements) {
    boolean same = elements == x.elements();
    Operator operator = same ? new Operator().passes(x) : new Operator().reads(x);
    return made(operator, elements, x.elementBytes());
  }

  /** Rows of a table, or of an array; the gradient is dense. */
  public Value rows(Value table, long elements) {
    return made(new Operator().reads(table), elements, table.elementBytes());
  }

  /** x times a matrix, with or without bias; {@code elements} of the product. */
  public Value linear(Value x, Value matrix, long elements, Value... bias) {
    Operator operator = new Operator().reads(x, matrix).reads(bias);
    keepFactors(operator, x, matrix);
    return made(operator, elements, x.elementBytes());
  }

  /** Product by element. */
  public Value mul(Value a, Value b) {
    Operator operator = new Operator().reads(a, b);
    keepFactors(operator, a, b);
    return made(operator, a.elements(), a.elementBytes());
  }

  /** Product with something smaller that is spread over x, a gain or a row's norm. */
  public Value scale(Value x, Value factor) {
    Operator operator =
        new Operator().reads(x, factor).scratch(0, factor.differentiated() ? x.bytes() : 0);
    keepFactors(operator, x, factor);
    return made(operator, x.elements(), x.elementBytes());
  }

  private static void keepFactors(Operator operator, Value a, Value b) {
    if (a.differentiated()) {
      operator.saves(b);
    }
    if (b.differentiated()) {
      operator.saves(a);
    }
  }

  /** Sum or difference by element; {@code b} may be smaller, its gradient then is a sum. */
  public Value add(Value a, Value b) {
    Operator operator = new Operator().passes(a);
    if (b.elements() == a.elements()) {
      operator.passes(b);
    } else {
      operator.reads(b);
    }
    return made(operator, a.elements(), a.elementBytes());
  }

  /** A function by element whose derivative needs nothing: times a number, minus. */
  public Value map(Value x) {
    return made(new Operator().reads(x), x.elements(), x.elementBytes());
  }

  /** A function by element whose derivative needs its argument: silu, gelu. */
  public Value activation(Value x) {
    return made(new Operator().reads(x).saves(x), x.elements(), x.elementBytes());
  }

  /** One number a row, of which the derivative needs the argument or not: mean, norm. */
  public Value reduce(Value x, long rows, boolean keepsArgument) {
    Operator operator = new Operator().reads(x);
    if (keepsArgument) {
      operator.saves(x);
    }
    return made(operator, rows, x.elementBytes());
  }

  /** Rows brought to mean 0 and deviation 1; keeps both of each row. */
  public Value layerNorm(Value x, long rows, Value... gainAndBias) {
    Value statistics = fresh(2 * rows, FLOAT, false);
    Value result = fresh(x.elements(), x.elementBytes(), x.differentiated());
    operators.add(
        new Operator()
            .reads(x)
            .reads(gainAndBias)
            .saves(x, statistics)
            .scratch(x.bytes(), 0) // heads are not contiguous
            .makes(List.of(result, statistics)));
    return result;
  }

  /**
   * Fused attention: scores are never held. Keeps its arguments, the result, and a number a query
   * and head.
   */
  public Value attention(Value q, Value k, Value v, long queriesTimesHeads) {
    Value sums = fresh(queriesTimesHeads, FLOAT, false);
    Value result = fresh(q.elements(), q.elementBytes(), true);
    operators.add(
        new Operator().reads(q, k, v).saves(q, k, v, result, sums).makes(List.of(result, sums)));
    return result;
  }

  /** A dropout mask; what it is drawn from goes at once. */
  public Value mask(long elements, int elementBytes) {
    Value mask = fresh(elements, elementBytes, false);
    operators.add(new Operator().scratch(16 * elements, 0).makes(List.of(mask)));
    return mask;
  }

  /** {@code x + y} with elements of y dropped; keeps the mask. */
  public Value dropped(Value x, Value y) {
    Value mask = mask(y.elements(), y.elementBytes());
    Operator operator = new Operator().passes(x).reads(y, mask).saves(mask);
    return made(operator, y.elements(), y.elementBytes());
  }

  /** Sums over a dimension; the gradient is spread without a copy. */
  public Value sum(Value x, long elements) {
    return made(new Operator().passes(x), elements, x.elementBytes());
  }

  /** Cross entropy of rows of logits; keeps their logarithms. */
  public Value crossEntropy(Value logits, long rows) {
    Value logarithms = fresh(logits.elements(), FLOAT, true);
    operators.add(new Operator().reads(logits).makes(List.of(logarithms)).saves(logarithms));
    return made(new Operator().reads(logarithms).saves(logarithms), rows, FLOAT);
  }

  /** Logarithm of the sum of exponentials of every row; keeps them. */
  public Value logSumExp(Value logits, long rows) {
    return made(
        new Operator().reads(logits).saves(logits).scratch(logits.bytes(), 2 * logits.bytes()),
        rows,
        FLOAT);
  }

  private Value fresh(long elements, int elementBytes, boolean differentiated) {
    return new Value(
        new Storage(elements * elementBytes, false), elements, elementBytes, differentiated);
  }

  private Value made(Operator operator, long elements, int elementBytes) {
    Value result = fresh(elements, elementBytes, operator.differentiated());
    operators.add(operator.makes(List.of(result)));
    return result;
  }
}
