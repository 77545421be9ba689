package io.hybnext.model.transformer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.BlockRun;
import java.util.List;

/** A block run by {@code gradients.ts}. */
final class TransformerBlockRun implements BlockRun {
  private final KernelModule kernels;
  private final Scope scope;
  private final NetworkInputs inputs;
  private final Array output;
  private final List<Array> kept;

  /** Runs it forward. */
  TransformerBlockRun(
      KernelModule kernels, Scope scope, NetworkInputs inputs, Array keys, Array x, Array flat) {
    this.kernels = kernels;
    this.scope = scope;
    this.inputs = inputs;
    List<Array> made =
        inputs.mask().isEmpty()
            ? kernels.callMany(scope, "forward_block", x, flat, inputs.table(), keys)
            : kernels.callMany(
                scope, "forward_block_masked", x, flat, inputs.table(), keys, inputs.mask().get());
    this.output = made.get(0);
    this.kept = made.subList(1, made.size());
  }

  @Override
  public Array output() {
    return output;
  }

  @Override
  public Gradients backward(Array outputGradient, Array input, Array flat) {
    Array table = inputs.table();
    List<Array> made =
        inputs.mask().isEmpty()
            ? kernels.callMany(scope, "block_gradients", outputGradient, input, flat, table, kept)
            : kernels.callMany(
                scope,
                "block_gradients_masked",
                outputGradient,
                input,
                flat,
                table,
                kept,
                inputs.mask().get());
    return new Gradients(made.get(0), made.get(1));
  }

  @Override
  public void close() {
    kept.forEach(Array::close);
  }
}
