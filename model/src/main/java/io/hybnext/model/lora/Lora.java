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
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adapters of a network: the merged weights as kernel calls. A merged bucket is made anew for every
 * use, so that no more than one is held; its gradient runs through to the adapters. Used by one
 * thread at a time.
 */
public final class Lora implements AutoCloseable {
  private final LoraLayout layout;
  private final Map<Integer, String> method = new LinkedHashMap<>();
  private final KernelModule kernels;

  /**
   * Compiles the kernels.
   *
   * @param base the network's layout, perhaps with a projector, which is trained as it is
   * @throws IllegalArgumentException when no matrix matches the targets
   */
  public Lora(TorchEngine engine, LoraConfig config, ParameterLayout base, Precision precision) {
    this.layout = new LoraLayout(config, base);
    Map<String, String> texts = new LinkedHashMap<>();
    for (int bucket = 0; bucket < base.buckets().size(); bucket++) {
      if (layout.adapts(bucket)) {
        String body = mergeText(config, base.buckets().get(bucket));
        method.put(bucket, texts.computeIfAbsent(body, text -> "merged_" + texts.size()));
      }
    }
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

  /** Where adapters lie. */
  public LoraLayout layout() {
    return layout;
  }

  /**
   * How an adapter starts: A normal with deviation 1 / sqrt(3 inputs), B zero, so that nothing
   * changes at first.
   */
  public static Optional<InitialValue> initial(Parameter parameter) {
    if (parameter.name().endsWith(LoraLayout.B)) {
      return Optional.of(InitialValue.constant(0));
    }
    if (parameter.name().endsWith(LoraLayout.A)) {
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
