package io.hybnext.model.lora;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.InitialValue;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Builder;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adapters of a network: where they lie, and the merged weights as kernel calls. A merged bucket is
 * made anew for every use, so that no more than one is held; its gradient runs through to the
 * adapters. Used by one thread at a time.
 */
public final class Lora implements AutoCloseable {
  static final String A = ".lora_A.weight";
  static final String B = ".lora_B.weight";

  private final ParameterLayout trained;
  private final Map<Integer, Integer> trainedBucket = new LinkedHashMap<>();
  private final Map<Integer, String> method = new LinkedHashMap<>();
  private final KernelModule kernels;

  /**
   * Compiles the kernels.
   *
   * @param base the network's layout, perhaps with a projector, which is trained as it is
   * @throws IllegalArgumentException when no matrix matches the targets
   */
  public Lora(TorchEngine engine, LoraConfig config, ParameterLayout base, Precision precision) {
    List<Bucket> buckets = new ArrayList<>();
    Map<String, String> texts = new LinkedHashMap<>();
    for (int bucket = 0; bucket < base.buckets().size(); bucket++) {
      Bucket of = base.buckets().get(bucket);
      boolean projector = of.name().equals(ParameterLayout.PROJECTOR);
      if (projector) {
        trainedBucket.put(bucket, buckets.size());
        buckets.add(of);
      } else if (of.parameters().stream().anyMatch(config::adapts)) {
        trainedBucket.put(bucket, buckets.size());
        buckets.add(adapters(config, of));
        String body = mergeText(config, of);
        method.put(bucket, texts.computeIfAbsent(body, text -> "merged_" + texts.size()));
      }
    }
    if (method.isEmpty()) {
      throw new IllegalArgumentException(
          "lora.targets = " + config.targets() + ": no matrix of this network has such a name");
    }
    this.trained = new ParameterLayout(buckets, List.of());
    StringBuilder methods = new StringBuilder();
    texts.forEach((body, name) -> methods.append(body.replace("${name}", name)));
    Precision computed = engine.arithmetic(precision);
    this.kernels =
        KernelModule.compile(
            engine,
            new KernelSource("lora", methods.toString(), Map.of())
                .with("type", computed.elementType().torchNumber())
                .with("carry", precision.elementType().torchNumber()));
  }

  private static Bucket adapters(LoraConfig config, Bucket of) {
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

  /** Splits the base where adapters belong and adds their products. */
  private static String mergeText(LoraConfig config, Bucket of) {
    StringBuilder text = new StringBuilder();
    List<Integer> adapterSizes = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < of.parameters().size(); i++) {
      Parameter parameter = of.parameters().get(i);
      if (!config.adapts(parameter)) {
        parts.add("base[" + i + "]");
        continue;
      }
      int out = parameter.shape().get(0);
      int in = parameter.length() / out;
      int at = adapterSizes.size();
      adapterSizes.addAll(List.of(config.rank() * in, out * config.rank()));
      text.append(
          String.format(
              "    d%d = torch.mm(torch.view(low[%d], [%d, %d]), torch.view(low[%d], [%d, %d]))%n",
              i, at + 1, out, config.rank(), at, config.rank(), in));
      text.append(
          String.format(
              "    m%d = torch.add(base[%d], torch.mul(torch.view(d%d, [-1]), %s))%n",
              i, i, i, new java.math.BigDecimal(config.scale()).toPlainString() + decimal(config)));
      parts.add("m" + i);
    }
    return "  def ${name}(self: __torch__.Kernels, flat: Tensor, adapters: Tensor) -> Tensor:\n"
        + "    base = torch.split_with_sizes(torch.to(flat, ${type}), "
        + of.sizes()
        + ")\n"
        + "    low = torch.split_with_sizes(torch.to(adapters, ${type}), "
        + adapterSizes
        + ")\n"
        + text
        + "    return torch.to(torch.cat("
        + parts
        + "), ${carry})\n";
  }

  private static String decimal(LoraConfig config) {
    return config.scale() == Math.rint(config.scale()) ? ".0" : "";
  }

  /** Buckets that are trained: adapters of every bucket that has any, then the projector's. */
  public ParameterLayout layout() {
    return trained;
  }

  /** The trained bucket that belongs to a bucket of the network, if any is. */
  public Optional<Integer> trainedBucket(int base) {
    return Optional.ofNullable(trainedBucket.get(base));
  }

  /** Whether a bucket of the network has adapters. */
  public boolean adapts(int base) {
    return method.containsKey(base);
  }

  /**
   * How an adapter starts: A normal with deviation 1 / sqrt(3 inputs), B zero, so that nothing
   * changes at first.
   */
  public static Optional<InitialValue> initial(Parameter parameter) {
    if (parameter.name().endsWith(B)) {
      return Optional.of(InitialValue.constant(0));
    }
    if (parameter.name().endsWith(A)) {
      return Optional.of(InitialValue.normal(1 / Math.sqrt(3.0 * parameter.shape().get(1))));
    }
    return Optional.empty();
  }

  /**
   * The flat weights of a bucket with its adapters merged in, owned by the scope.
   *
   * @param base flat weights of the bucket
   * @param adapters flat adapters of it
   */
  public Array merged(Scope scope, int bucket, Array base, Array adapters) {
    return kernels.call(scope, method.get(bucket), base, adapters);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
