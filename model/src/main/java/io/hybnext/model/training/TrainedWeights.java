package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.FrozenWeights;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.WorkingWeights;
import io.hybnext.model.lora.Lora;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What a training changes and what its passes compute with: the same weights, or adapters on top of
 * frozen ones. Used by one thread at a time.
 */
final class TrainedWeights implements AutoCloseable {
  private final WorkingWeights network;
  private final ModelWeights trained;
  private final Optional<FrozenWeights> base;
  private final Optional<Lora> lora;
  private final GradientExport export;

  TrainedWeights(TorchEngine engine, ParameterLayout layout, Precision precision, Tuning tuning) {
    this.lora = tuning.lora().map(config -> new Lora(engine, config, layout, precision));
    this.base = lora.map(adapters -> base(engine, adapters, layout, precision));
    this.trained =
        new ModelWeights(
            engine, lora.map(adapters -> adapters.layout().trained()).orElse(layout), precision);
    this.network = base.<WorkingWeights>map(held -> held).orElse(trained);
    this.export = new GradientExport(engine, trained.layout(), precision, tuning);
  }

  /** What adapters do not replace as a whole, held once. */
  private static FrozenWeights base(
      TorchEngine engine, Lora lora, ParameterLayout layout, Precision precision) {
    return new FrozenWeights(engine, layout, precision, lora.layout()::freezes);
  }

  /** All weights of the network and the projector; the base under adapters, without projector. */
  WorkingWeights network() {
    return network;
  }

  /** What is frozen under adapters; empty where the network itself is trained. */
  Optional<FrozenWeights> base() {
    return base;
  }

  /** What is trained. */
  ModelWeights trained() {
    return trained;
  }

  Optional<Lora> lora() {
    return lora;
  }

  /** Arrays that gather no gradient. */
  BucketArrays working(Scope scope) {
    return lora.isEmpty()
        ? BucketArrays.working(network)
        : BucketArrays.merging(
            network, bucket -> merged(scope, bucket, trained::working), this::made);
  }

  /** Leaves of everything trained, for one pass. */
  Leaves leaves(Scope scope) {
    return new Leaves(scope);
  }

  private Array merged(Scope scope, int bucket, IntFunction<Array> of) {
    Optional<Integer> own = lora.orElseThrow().layout().trainedBucket(bucket);
    if (own.isEmpty()) {
      return network.working(bucket);
    }
    Array changing = of.apply(own.get());
    return lora.get().layout().adapts(bucket)
        ? lora.get().merged(scope, bucket, network.working(bucket), changing)
        : changing;
  }

  private boolean made(int bucket) {
    return lora.orElseThrow().layout().adapts(bucket);
  }

  /** The leaves of one pass and the arrays made of them. */
  final class Leaves {
    private final Scope scope;
    private final List<Array> leaves = new ArrayList<>();
    private final BucketArrays arrays;

    private Leaves(Scope scope) {
      this.scope = scope;
      for (int bucket = 0; bucket < trained.layout().buckets().size(); bucket++) {
        leaves.add(trained.working(bucket).leaf(scope));
      }
      this.arrays =
          lora.isEmpty()
              ? BucketArrays.of(network, leaves)
              : BucketArrays.merging(
                  network, bucket -> merged(scope, bucket, leaves::get), TrainedWeights.this::made);
    }

    /** What the pass computes with. */
    BucketArrays arrays() {
      return arrays;
    }

    /** Whether anything of a bucket of the network is trained. */
    boolean trains(int bucket) {
      return lora.isEmpty() || lora.get().layout().trainedBucket(bucket).isPresent();
    }

    /** Whether the network is trained as it is: a bucket's gradient is all that is wanted. */
    boolean trainsWhole() {
      return lora.isEmpty();
    }

    /** Hands the gradient of a bucket that is trained as it is on, and frees it. */
    void hand(int bucket, Array gradient, GradientSink sink) {
      export.hand(bucket, gradient, sink);
      leaves.get(bucket).close();
    }

    /** Hands the gradient of what is trained of a bucket of the network on. */
    void hand(int bucket, GradientSink sink) {
      if (trains(bucket)) {
        int own = lora.isEmpty() ? bucket : lora.get().layout().trainedBucket(bucket).orElseThrow();
        export.hand(scope, own, leaves.get(own), sink);
      }
    }
  }

  @Override
  public void close() {
    lora.ifPresent(Lora::close);
    base.ifPresent(FrozenWeights::close);
    trained.close();
  }
}
