package io.hybnext.model.qwen;

import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.DecoderOperators;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.List;

/** {@code qwen.ts} and {@code language_model.ts} on tapes: what Qwen3's passes hold in memory. */
public record QwenMemory(QwenConfig config, PassShape shape, int carry, int computed)
    implements PassMemory {

  /** The passes of one network on batches of one shape. */
  public QwenMemory(QwenConfig config, PassShape shape, Precision stored, Precision computed) {
    this(config, shape, stored.elementType().sizeBytes(), computed.elementType().sizeBytes());
  }

  private DecoderOperators on(Tape tape) {
    return new DecoderOperators(tape, computed, carry);
  }

  /** Rows in order in one document: no mask. */
  @Override
  public long inputBytes() {
    return 2 * shape.rows() * Long.BYTES
        + (long) shape.positions() * config.headDim() * Float.BYTES;
  }

  @Override
  public Value embed(Tape tape, Value embeddings) {
    Value table = tape.view(tape.to(embeddings, computed));
    return tape.to(tape.rows(table, shape.rows() * config.hiddenSize()), carry);
  }

  @Override
  public Value block(Tape tape, Value x, Value flat) {
    DecoderOperators on = on(tape);
    long rows = shape.rows();
    long queries = rows * config.heads() * config.headDim();
    long keys = rows * config.kvHeads() * config.headDim();
    long[] sizes = QwenLayout.blockSizes(config).stream().mapToLong(n -> n).toArray();
    List<Value> w = on.weights(flat, sizes);
    Value x0 = tape.to(x, computed);
    Value r = tape.linear(on.norm(x0, w.get(4), rows), w.get(0), queries + 2 * keys);
    List<Value> qkv = tape.split(r, queries, keys, keys);
    Value q = on.rotateHalf(on.norm(qkv.get(0), w.get(6), rows * config.heads()));
    Value k = on.rotateHalf(on.norm(qkv.get(1), w.get(7), rows * config.kvHeads()));
    int group = config.heads() / config.kvHeads();
    Value a =
        tape.attention(
            q, on.repeated(k, group), on.repeated(qkv.get(2), group), rows * config.heads());
    Value y = tape.add(x0, tape.linear(a, w.get(1), x.elements()));
    Value f = on.feedForward(on.norm(y, w.get(5), rows), w.get(2), w.get(3), rows);
    return tape.to(tape.add(y, f), carry);
  }

  private Value gain(Tape tape, Value head) {
    long width = config.hiddenSize();
    long[] sizes = {head.elements() - width, width};
    return config.tied() ? tape.to(head, computed) : on(tape).weights(head, sizes).get(1);
  }

  @Override
  public Value finalNorm(Tape tape, Value x, Value head) {
    return tape.to(on(tape).norm(tape.to(x, computed), gain(tape, head), shape.rows()), carry);
  }

  /** Logits of every position, then those that predict. */
  @Override
  public Value loss(Tape tape, Value x, Value head, Value embeddings) {
    long rows = shape.rows();
    long width = config.hiddenSize();
    List<Value> parts =
        config.tied()
            ? List.of(tape.to(embeddings, computed), tape.to(head, computed))
            : on(tape).weights(head, head.elements() - width, width);
    Value h = on(tape).norm(tape.to(x, computed), parts.get(1), rows);
    Value z = on(tape).logits(h, parts.get(0), rows);
    Value predicting = tape.copy(tape.part(z, z.elements()), z.elements());
    return tape.crossEntropy(predicting, 1);
  }
}
