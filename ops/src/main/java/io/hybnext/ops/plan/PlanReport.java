package io.hybnext.ops.plan;

import io.hybnext.model.training.LayerMemory;
import io.hybnext.ops.plan.MemoryItem.Place;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Shows a plan: as tables for people, as one object for programs. */
public final class PlanReport {
  private static final double MIB = 1 << 20;
  private static final double GIB = 1 << 30;
  private static final long SMALL = 8L << 30;

  private final PlanRequest request;
  private final MemoryPlan plan;
  private final OptionalLong memoryBytes;

  /**
   * Works everything out.
   *
   * @param memoryBytes of the device, to tell whether the plan fits; empty for no such question
   */
  public PlanReport(PlanRequest request, OptionalLong memoryBytes) {
    this.request = request;
    this.plan = request.plan();
    this.memoryBytes = memoryBytes;
  }

  /** Everything by name, bytes as whole numbers. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("preset", request.name());
    values.put("trainers", request.settings().trainers());
    values.put("device", request.settings().cpu() ? "cpu" : "cuda");
    values.put("precision", request.config().precision().setting());
    values.put("batch", request.shape().batch());
    values.put("positions", request.shape().positions());
    values.put("recompute", request.config().recompute());
    values.put("lora", request.config().tuning().lora().isPresent());
    values.put("parameters", plan.weights().parameters());
    values.put("trained", plan.weights().trained());
    values.put("items", plan.items().stream().map(PlanReport::item).toList());
    for (Place place : Place.values()) {
      values.put(place.name().toLowerCase(Locale.ROOT) + "_bytes", plan.total(place));
    }
    values.put("needed_bytes", plan.needed());
    values.put("waiting_bytes", plan.waiting());
    values.put("layers", plan.layers().stream().map(PlanReport::layer).toList());
    values.put("variants", variants());
    if (memoryBytes.isPresent()) {
      values.put("memory_bytes", memoryBytes.getAsLong());
      values.put("fits", plan.needed() <= memoryBytes.getAsLong());
      values.put("largest_batch", request.largestBatch(plan, memoryBytes.getAsLong()));
    }
    return values;
  }

  private static Map<String, Object> item(MemoryItem item) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("place", item.place().name().toLowerCase(Locale.ROOT));
    values.put("name", item.name());
    values.put("bytes", item.bytes());
    values.put("remark", item.remark());
    return values;
  }

  private static Map<String, Object> layer(LayerMemory layer) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", layer.name());
    values.put("kept_bytes", layer.kept());
    values.put("kept_to_recompute_bytes", layer.keptToRecompute());
    values.put("peak_bytes", layer.peak());
    return values;
  }

  private List<Map<String, Object>> variants() {
    List<Map<String, Object>> variants = new ArrayList<>();
    for (boolean lora : new boolean[] {false, true}) {
      for (boolean again : new boolean[] {false, true}) {
        MemoryPlan variant = request.variant(lora, again);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("lora", lora);
        values.put("recompute", again);
        values.put("activations_bytes", bytesOf(variant, "activations"));
        values.put("device_bytes", variant.total(Place.DEVICE));
        values.put("host_bytes", variant.total(Place.HOST));
        memoryBytes.ifPresent(
            bytes -> values.put("largest_batch", request.largestBatch(variant, bytes)));
        variants.add(values);
      }
    }
    return variants;
  }

  private static long bytesOf(MemoryPlan plan, String name) {
    return plan.items().stream()
        .filter(item -> item.name().equals(name))
        .mapToLong(MemoryItem::bytes)
        .sum();
  }

  /** Prints tables. */
  public void print(PrintStream out) {
    boolean cpu = request.settings().cpu();
    boolean lora = request.config().tuning().lora().isPresent();
    out.printf(
        Locale.ROOT,
        "%s: %d trainer(s) on %s, %s, %d samples of %d positions at a time, %s, %s of %s"
            + " parameters trained%s%n",
        request.name(),
        request.settings().trainers(),
        cpu ? "cpu" : "a GPU each",
        request.config().precision().setting(),
        request.shape().batch(),
        request.shape().positions(),
        request.config().recompute() ? "activations recomputed" : "activations kept",
        millions(plan.weights().trained()),
        millions(plan.weights().parameters()),
        lora ? " (LoRA)" : "");
    place(out, Place.DEVICE, cpu ? "Device (host memory), each trainer" : "Device, each GPU");
    place(out, Place.HOST, "Host, each trainer");
    place(out, Place.SHARED, "Shared memory, the host");
    if (plan.waiting() > 0) {
      out.printf(
          Locale.ROOT,
          "  at most %.2f %s more in the host when peers lag a whole step behind%n",
          plan.waiting() / unit(),
          unitName());
    }
    layers(out);
    comparison(out);
    memoryBytes.ifPresent(bytes -> fit(out, bytes));
  }

  private static String millions(long count) {
    return String.format(Locale.ROOT, "%,.1f million", count / 1e6);
  }

  private void place(PrintStream out, Place place, String title) {
    if (plan.total(place) == 0) {
      return;
    }
    double unit = unit();
    out.printf(Locale.ROOT, "%n%-36s %10s%n", title, unitName());
    for (MemoryItem item : plan.items()) {
      if (item.place() == place) {
        out.printf(
            Locale.ROOT, "  %-34s %10.2f  %s%n", item.name(), item.bytes() / unit, item.remark());
      }
    }
    out.printf(Locale.ROOT, "  %-34s %10.2f%n", "total", plan.total(place) / unit);
  }

  /** MiB for what is small. */
  private double unit() {
    return plan.total(Place.DEVICE) + plan.total(Place.HOST) < SMALL ? MIB : GIB;
  }

  private String unitName() {
    return unit() == MIB ? "MiB" : "GiB";
  }

  private void layers(PrintStream out) {
    out.printf(
        Locale.ROOT, "%n%-36s %10s %12s %10s%n", "Activations, MiB", "kept", "recomputed", "peak");
    List<LayerMemory> layers = plan.layers();
    for (int first = 0; first < layers.size(); ) {
      int last = first;
      while (last + 1 < layers.size() && alike(layers.get(first), layers.get(last + 1))) {
        last++;
      }
      LayerMemory one = layers.get(first);
      String name =
          last == first ? one.name() : one.name() + " to " + layers.get(last).name() + ", each";
      out.printf(
          Locale.ROOT,
          "  %-34s %10.1f %12.1f %10.1f%n",
          name,
          one.kept() / MIB,
          one.keptToRecompute() / MIB,
          one.peak() / MIB);
      first = last + 1;
    }
  }

  private static boolean alike(LayerMemory a, LayerMemory b) {
    return a.kept() == b.kept()
        && a.keptToRecompute() == b.keptToRecompute()
        && a.peak() == b.peak();
  }

  private void comparison(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%n%-6s %-11s %18s %13s %11s %s%n",
        "LoRA",
        "recomputed",
        "activations, " + unitName(),
        "device, " + unitName(),
        "host, " + unitName(),
        memoryBytes.isPresent() ? "largest batch" : "");
    for (Map<String, Object> variant : variants()) {
      out.printf(
          Locale.ROOT,
          "%-6s %-11s %18.2f %13.2f %11.2f %s%n",
          yes(variant.get("lora")),
          yes(variant.get("recompute")),
          (long) variant.get("activations_bytes") / unit(),
          (long) variant.get("device_bytes") / unit(),
          (long) variant.get("host_bytes") / unit(),
          memoryBytes.isPresent() ? String.format("%13s", variant.get("largest_batch")) : "");
    }
  }

  private static String yes(Object flag) {
    return Boolean.TRUE.equals(flag) ? "yes" : "no";
  }

  private void fit(PrintStream out, long bytes) {
    int largest = request.largestBatch(plan, bytes);
    out.printf(
        Locale.ROOT,
        "%nA device of %.1f GiB: %s, %.2f GiB are needed; %s%n",
        bytes / GIB,
        plan.needed() <= bytes ? "it fits" : "it does not fit",
        plan.needed() / GIB,
        largest == 0
            ? "not even one sample a trainer fits."
            : "the largest batch a trainer is " + largest + ".");
  }
}
