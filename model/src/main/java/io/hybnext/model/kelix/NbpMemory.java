package io.hybnext.model.kelix;

import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.DecoderOperators;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import io.hybnext.model.qwen.QwenMemory;
import java.util.List;

/** {@code nbp.ts} on tapes: what the passes of a block language model hold in memory. */
final class NbpMemory implements PassMemory {
  private final NbpConfig config;
  private final PassShape shape;
  private final QwenMemory backbone;

  NbpMemory(NbpConfig config, PassShape shape, Precision stored, Precision computed) {
    this.config = config;
    this.shape = shape;
    this.backbone = new QwenMemory(config.backbone(), shape, stored, computed);
  }

  private DecoderOperators on(Tape tape) {
    return new DecoderOperators(tape, backbone.computed(), backbone.carry());
  }

  @Override
  public PassShape shape() {
    return shape;
  }

  @Override
  public long inputBytes() {
    long labels = (long) shape.batch() * shape.predicting() * (config.codes() + 1);
    return backbone.inputBytes()
        + 2 * shape.rows() * config.codes() * Long.BYTES
        + labels * (2 * Long.BYTES + Float.BYTES);
  }

  @Override
  public Value embed(Tape tape, Value embeddings) {
    Value table = tape.view(tape.to(embeddings, backbone.computed()));
    Value e = tape.rows(table, shape.rows() * config.codes() * config.width());
    return tape.to(tape.sum(tape.map(e), shape.rows() * config.width()), backbone.carry());
  }

  @Override
  public Value block(Tape tape, Value x, Value flat) {
    return backbone.block(tape, x, flat);
  }

  private List<Value> headParts(Tape tape, Value head) {
    ParameterLayout layout = config.layout();
    return on(tape).weights(head, layout.buckets().get(layout.headBucket()));
  }

  @Override
  public Value finalNorm(Tape tape, Value x, Value head) {
    List<Value> parts = headParts(tape, head);
    Value gain = parts.get(parts.size() - 1);
    Value wide = tape.to(x, backbone.computed());
    return tape.to(on(tape).norm(wide, gain, shape.rows()), backbone.carry());
  }

  @Override
  public Value loss(Tape tape, Value x, Value head, Value embeddings) {
    long rows = (long) shape.batch() * shape.predicting();
    Value states = tape.rows(tape.to(x, backbone.computed()), rows * config.width());
    Value table = tape.view(tape.to(embeddings, backbone.computed()));
    Value following = tape.rows(table, rows * config.codes() * config.width());
    Value input = tape.to(tape.cat(states, following), backbone.carry());
    List<Value> w = headParts(tape, head);
    long slots = rows * (config.codes() + 1);
    Value decoded = decode(tape, tape.to(input, backbone.computed()), w, slots);
    Value h = on(tape).norm(decoded, w.get(w.size() - 1), slots);
    return tape.crossEntropy(on(tape).logits(h, w.get(0), slots), slots);
  }

  private Value decode(Tape tape, Value x, List<Value> w, long slots) {
    int vectors = NbpLayout.vectors(config);
    long inner = slots * config.innerWidth();
    Value y = tape.add(tape.linear(x, w.get(1), inner, w.get(vectors)), w.get(2));
    for (int i = 0; i < config.innerLayers(); i++) {
      y = layer(tape, y, w, 4 + 7 * i, vectors + 2 + 8 * i, slots);
    }
    return tape.add(tape.linear(y, w.get(3), x.elements(), w.get(vectors + 1)), x);
  }

  private Value layer(Tape tape, Value y, List<Value> w, int at, int behind, long slots) {
    long inner = y.elements();
    Value u = tape.layerNorm(y, slots, w.get(behind + 4), w.get(behind + 5));
    Value q = tape.linear(u, w.get(at), inner, w.get(behind));
    Value k = tape.linear(u, w.get(at + 1), inner, w.get(behind + 1));
    Value v = tape.linear(u, w.get(at + 2), inner, w.get(behind + 2));
    Value a = tape.attention(q, k, v, slots * config.innerHeads());
    Value z = tape.add(y, tape.linear(a, w.get(at + 3), inner, w.get(behind + 3)));
    Value m = tape.layerNorm(z, slots, w.get(behind + 6), w.get(behind + 7));
    long wide = slots * config.innerFfn();
    Value gate = tape.activation(tape.linear(m, w.get(at + 4), wide));
    Value up = tape.linear(m, w.get(at + 5), wide);
    return tape.add(z, tape.linear(tape.mul(gate, up), w.get(at + 6), inner));
  }
}
