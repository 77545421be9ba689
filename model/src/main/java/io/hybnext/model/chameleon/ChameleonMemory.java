package io.hybnext.model.chameleon;

import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.DecoderOperators;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.List;

/** {@code chameleon.ts} on tapes: what Chameleon's passes hold in memory. */
record ChameleonMemory(
    ChameleonConfig config, PassShape shape, Objective objective, int carry, int computed)
    implements PassMemory {

  ChameleonMemory(
      ChameleonConfig config,
      PassShape shape,
      Objective objective,
      Precision stored,
      Precision computed) {
    this(
        config,
        shape,
        objective,
        stored.elementType().sizeBytes(),
        computed.elementType().sizeBytes());
  }

  private DecoderOperators on(Tape tape) {
    return new DecoderOperators(tape, computed, carry);
  }

  private long predicting() {
    return (long) shape.batch() * shape.predicting();
  }

  @Override
  public long inputBytes() {
    long ids = (shape.rows() + 2 * predicting()) * Long.BYTES;
    long table = (long) shape.positions() * config.headDim() * Float.BYTES;
    return ids + table + config.vocabulary().size();
  }

  @Override
  public Value embed(Tape tape, Value embeddings) {
    return tape.rows(tape.view(embeddings), shape.rows() * config.hiddenSize());
  }

  @Override
  public Value block(Tape tape, Value x, Value flat) {
    DecoderOperators on = on(tape);
    long rows = shape.rows();
    long[] sizes = ChameleonLayout.blockSizes(config).stream().mapToLong(n -> n).toArray();
    List<Value> w = on.weights(flat, sizes);
    Value x0 = tape.to(x, computed);
    Value r = tape.linear(on.norm(x0, w.get(4), rows), w.get(0), 3 * x.elements());
    List<Value> qkv = tape.chunk(r, 3);
    Value a =
        tape.attention(
            head(tape, qkv.get(0), w.get(6)),
            head(tape, qkv.get(1), w.get(6)),
            qkv.get(2),
            rows * config.numAttentionHeads());
    boolean drops = config.dropout() > 0;
    Value y = on.join(x0, tape.linear(a, w.get(1), x.elements()), drops);
    Value f = on.feedForward(on.norm(y, w.get(5), rows), w.get(2), w.get(3), rows);
    return tape.to(on.join(y, f, drops), carry);
  }

  /** Queries or keys, normalised over a head's channels and turned. */
  private Value head(Tape tape, Value x, Value norms) {
    Value n = tape.layerNorm(x, shape.rows() * config.numAttentionHeads());
    return on(tape).rotateHalf(tape.add(tape.scale(n, norms), norms));
  }

  private List<Value> headParts(Tape tape, Value head) {
    long dim = config.hiddenSize();
    return on(tape).weights(head, config.vocabulary().size() * dim, dim);
  }

  @Override
  public Value finalNorm(Tape tape, Value x, Value head) {
    Value gain = headParts(tape, head).get(1);
    return tape.to(on(tape).norm(tape.to(x, computed), gain, shape.rows()), carry);
  }

  @Override
  public Value loss(Tape tape, Value x, Value head, Value embeddings) {
    Value supervised = tape.rows(x, predicting() * config.hiddenSize());
    List<Value> parts = headParts(tape, head);
    Value h = on(tape).norm(tape.to(supervised, computed), parts.get(1), predicting());
    Value z = on(tape).logits(h, parts.get(0), predicting());
    return on(tape).terms(z, predicting(), objective.zLoss());
  }
}
