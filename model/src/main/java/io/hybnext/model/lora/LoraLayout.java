package io.hybnext.model.lora;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Builder;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.memory.Tape;
import io.hybnext.model.memory.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the adapters of a network lie, and which of its buckets they change. */
public final class LoraLayout {
  static final String A = ".lora_A.weight";
  static final String B = ".lora_B.weight";

  private final LoraConfig config;
  private final ParameterLayout base;
  private final ParameterLayout trained;
  private final Map<Integer, Integer> trainedBucket = new LinkedHashMap<>();

  /**
   * Lines adapters up.
   *
   * @param base the network's layout, perhaps with a projector, which is trained as it is
   * @throws IllegalArgumentException when no matrix matches the targets
   */
  public LoraLayout(LoraConfig config, ParameterLayout base) {
    this.config = config;
    this.base = base;
    List<Bucket> buckets = new ArrayList<>();
    boolean some = false;
    for (int bucket = 0; bucket < base.buckets().size(); bucket++) {
      Bucket of = base.buckets().get(bucket);
      boolean adapted = of.parameters().stream().anyMatch(config::adapts);
      if (projector(bucket)) {
        trainedBucket.put(bucket, buckets.size());
        buckets.add(of);
      } else if (adapted) {
        trainedBucket.put(bucket, buckets.size());
        buckets.add(adapters(of));
        some = true;
      }
    }
    if (!some) {
      throw new IllegalArgumentException(
          "lora.targets = " + config.targets() + ": no matrix of this network has such a name");
    }
    trained = new ParameterLayout(buckets, List.of());
  }

  private Bucket adapters(Bucket of) {
    Builder builder = new Builder(of.name() + ".lora");
    for (Parameter parameter : of.parameters()) {
      if (config.adapts(parameter)) {
        int out = parameter.shape().get(0);
        int in = parameter.length() / out;
        builder.add(module(parameter) + A, config.rank(), in);
        builder.add(module(parameter) + B, out, config.rank());
      }
    }
    return builder.build();
  }

  private static String module(Parameter parameter) {
    return parameter.name().substring(0, parameter.name().lastIndexOf('.'));
  }

  private boolean projector(int bucket) {
    return base.buckets().get(bucket).name().equals(ParameterLayout.PROJECTOR);
  }

  /** Buckets that are trained: adapters of every bucket that has any, then the projector's. */
  public ParameterLayout trained() {
    return trained;
  }

  /** The trained bucket that belongs to a bucket of the network, if any is. */
  public Optional<Integer> trainedBucket(int bucket) {
    return Optional.ofNullable(trainedBucket.get(bucket));
  }

  /** Whether a bucket of the network has adapters. */
  public boolean adapts(int bucket) {
    return trainedBucket.containsKey(bucket) && !projector(bucket);
  }

  /** Whether a bucket is held as it was, frozen; the projector is not. */
  public boolean freezes(int bucket) {
    return !projector(bucket);
  }

  /**
   * The kernel that merges a bucket, on a tape.
   *
   * @param carry bytes an element of weights
   * @param computed bytes an element inside the kernel
   * @return the merged bucket
   */
  public Value merged(Tape tape, int bucket, int carry, int computed) {
    Bucket of = base.buckets().get(bucket);
    Bucket low = trained.buckets().get(trainedBucket.get(bucket));
    Value flat = tape.to(Tape.argument(of.length(), carry, false), computed);
    Value adapters = tape.to(Tape.argument(low.length(), carry, true), computed);
    List<Value> whole = tape.split(flat, lengths(of));
    List<Value> pairs = tape.split(adapters, lengths(low));
    Value[] parts = whole.toArray(Value[]::new);
    int pair = 0;
    for (int i = 0; i < parts.length; i++) {
      if (config.adapts(of.parameters().get(i))) {
        Value product =
            tape.linear(pairs.get(2 * pair), pairs.get(2 * pair + 1), parts[i].elements());
        parts[i] = tape.add(whole.get(i), tape.map(product));
        pair++;
      }
    }
    return tape.to(tape.cat(parts), carry);
  }

  private static long[] lengths(Bucket of) {
    return of.sizes().stream().mapToLong(Integer::longValue).toArray();
  }
}
