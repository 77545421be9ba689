package io.hybnext.model.transformer;

import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.DecoderOperators;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.memory.CallMemory;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.List;
import java.util.Optional;

/** {@code transformer.ts} on tapes: what LlamaGen's passes hold in memory. */
record TransformerMemory(
    TransformerConfig config, PassShape shape, Objective objective, int carry, int computed)
    implements PassMemory {

  TransformerMemory(
      TransformerConfig config,
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

  private boolean byCaption() {
    return config.modelType() == TransformerConfig.ModelType.T2I;
  }

  /** Tables, ids, features of captions and their mask, (B, 1, S, S). */
  @Override
  public long inputBytes() {
    long ids = 2L * shape.batch() * config.blockSize() * Long.BYTES;
    long table = (long) shape.positions() * config.headDim() * Float.BYTES;
    long captions =
        byCaption()
            ? shape.rows() * shape.positions() * computed
                + (long) shape.batch() * config.clsTokenNum() * config.captionDim() * Float.BYTES
            : 0;
    return ids + table + captions;
  }

  @Override
  public Value embed(Tape tape, Value embeddings) {
    ParameterLayout layout = TransformerLayout.of(config);
    List<Value> parts =
        on(tape).weights(embeddings, layout.buckets().get(ParameterLayout.EMBEDDINGS));
    long condition = (long) shape.batch() * config.clsTokenNum() * config.dim();
    long images = shape.rows() * config.dim() - condition;
    Value tokens = tape.rows(parts.get(parts.size() - 1), images);
    Value first =
        byCaption() ? captions(tape, parts, condition) : tape.rows(parts.get(0), condition);
    Value x = tape.to(tape.cat(first, tokens), carry);
    return config.tokenDropoutP() > 0 ? tape.mul(x, tape.mask(x.elements(), carry)) : x;
  }

  private Value captions(Tape tape, List<Value> parts, long elements) {
    long features = elements / config.dim() * config.captionDim();
    Value given = tape.map(Tape.argument(features, Float.BYTES, false));
    Value h = tape.linear(tape.to(given, computed), parts.get(0), elements);
    Value cube = tape.mul(tape.mul(h, h), h);
    Value t = tape.activation(tape.map(tape.add(h, tape.map(cube))));
    return tape.linear(tape.mul(tape.map(h), t), parts.get(1), elements);
  }

  @Override
  public Value block(Tape tape, Value x, Value flat) {
    DecoderOperators on = on(tape);
    long rows = shape.rows();
    long dim = config.dim();
    long keys = (long) config.nKvHead() * config.headDim();
    long inner = config.ffnDim();
    List<Value> w =
        on.weights(flat, (dim + 2 * keys) * dim, dim * dim, 2 * inner * dim, inner * dim, dim, dim);
    Value x0 = tape.to(x, computed);
    Value r = tape.linear(on.norm(x0, w.get(4), rows), w.get(0), rows * (dim + 2 * keys));
    List<Value> parts = tape.split(r, rows * (dim + keys), rows * keys);
    Value turned = tape.to(tape.map(tape.to(parts.get(0), Float.BYTES)), computed);
    List<Value> qk = tape.split(turned, rows * dim, rows * keys);
    int group = config.nHead() / config.nKvHead();
    Value a =
        tape.attention(
            qk.get(0),
            on.repeated(qk.get(1), group),
            on.repeated(parts.get(1), group),
            rows * config.nHead());
    Value y = on.join(x0, tape.linear(a, w.get(1), x.elements()), config.residDropoutP() > 0);
    Value f = on.feedForward(on.norm(y, w.get(5), rows), w.get(2), w.get(3), rows);
    return tape.to(on.join(y, f, config.ffnDropoutP() > 0), carry);
  }

  private boolean written() {
    return Transformer.derivativesWritten(config, precision(), true) && computed == carry;
  }

  private Precision precision() {
    return carry == Float.BYTES ? Precision.FP32 : Precision.BF16;
  }

  /** What {@code forward_block} and {@code block_gradients} hold. */
  @Override
  public Optional<CallMemory> run() {
    if (!written()) {
      return Optional.empty();
    }
    long states = shape.rows() * config.dim() * Float.BYTES;
    long inner = shape.rows() * config.ffnDim() * Float.BYTES;
    long sums = shape.rows() * (config.nHead() + 2L) * Float.BYTES;
    int masks = (config.residDropoutP() > 0 ? 1 : 0) + (config.ffnDropoutP() > 0 ? 1 : 0);
    long kept = (7 + masks) * states + 4 * inner + sums;
    long drawing = masks > 0 ? 4 * states : 0; // words of a mask while it is drawn
    long weights = TransformerLayout.of(config).buckets().get(1).length() * (long) Float.BYTES;
    long forward = kept + Math.max(states, drawing);
    long backward = kept + weights + Math.max(3 * inner, 7 * states);
    return Optional.of(new CallMemory(kept, states, forward, forward, backward, weights));
  }

  /** What {@code loss_gradients} holds; all of it in one call. */
  @Override
  public Optional<CallMemory> runLoss() {
    if (!written() || objective.zLoss()) {
      return Optional.empty();
    }
    ParameterLayout layout = TransformerLayout.of(config);
    long weights = layout.buckets().get(layout.headBucket()).length() * (long) Float.BYTES;
    long rows = (long) shape.batch() * shape.predicting();
    long states = rows * config.dim() * Float.BYTES;
    long logits = rows * config.vocabSize() * Float.BYTES;
    boolean part = rows < shape.rows();
    long whole = part ? shape.rows() * config.dim() * Float.BYTES : states;
    long peak = weights + (part ? 3 : 2) * states + Math.max(logits, whole);
    return Optional.of(new CallMemory(0, 0, peak, peak, peak, whole + weights));
  }

  private List<Value> headParts(Tape tape, Value head) {
    return on(tape).weights(head, (long) config.vocabSize() * config.dim(), config.dim());
  }

  @Override
  public Value finalNorm(Tape tape, Value x, Value head) {
    Value gain = headParts(tape, head).get(1);
    return tape.to(on(tape).norm(tape.to(x, computed), gain, shape.rows()), carry);
  }

  @Override
  public Value loss(Tape tape, Value x, Value head, Value embeddings) {
    List<Value> parts = headParts(tape, head);
    long rows = (long) shape.batch() * shape.predicting();
    Value predicting = tape.part(x, rows * config.dim());
    Value h = on(tape).norm(tape.to(predicting, computed), parts.get(1), rows);
    return on(tape).terms(on(tape).logits(h, parts.get(0), rows), rows, objective.zLoss());
  }
}
