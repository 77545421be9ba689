package io.hybnext.ops.bench;

import io.hybnext.actors.exchange.Encryption;
import io.hybnext.ops.bench.AllReduceBenchmark.Result;
import io.hybnext.ops.bench.AllReduceBenchmark.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures the all-reduce in turns with its rival's and with its own variants, since what a machine
 * does besides changes from minute to minute: in every round once as asked for, once over Gloo,
 * once with every message sealed and, where datagrams are sent, once with some of them lost.
 */
public final class AllReduceComparison {
  private static final double LOST = 0.01;

  private final Settings settings;
  private final Measurement ours;
  private final Measurement rival;
  private final List<Result> plain = new ArrayList<>();
  private final List<Result> gloo = new ArrayList<>();
  private final List<Result> sealed = new ArrayList<>();
  private final List<Result> lossy = new ArrayList<>();

  /** Measures one variant once. */
  @FunctionalInterface
  interface Measurement {
    /** Runs it. */
    Result run(Settings settings) throws IOException, InterruptedException;
  }

  /**
   * Nothing is measured yet.
   *
   * @param settings of the plain variant
   * @param gloo the rival
   */
  public AllReduceComparison(Settings settings, GlooAllReduce gloo) {
    this(settings, AllReduceBenchmark::run, gloo::run);
  }

  AllReduceComparison(Settings settings, Measurement ours, Measurement rival) {
    this.settings = settings;
    this.ours = ours;
    this.rival = rival;
  }

  /** Measures every variant once more. */
  public void round() throws IOException, InterruptedException {
    plain.add(ours.run(settings));
    gloo.add(rival.run(settings));
    sealed.add(ours.run(settings.withEncryption(Encryption.ALWAYS)));
    if (settings.hosts() > 1) {
      lossy.add(ours.run(settings.withLoss(LOST)));
    }
  }

  /**
   * Medians over the rounds. {@code bus_gb_s} and {@code cpu_s} (processor time of an all-reduce,
   * all processes and media drivers) with {@code gloo_}, {@code sealed_} and {@code lossy_} before
   * them where they are not the plain variant's; {@code ratio} is plain over Gloo, {@code
   * sealed_share} and {@code lossy_share} are over plain, all of bus bandwidths.
   */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>(plain.get(0).fields());
    fields.put("rounds", plain.size());
    double bus = put(fields, "", plain);
    fields.put("alg_gb_s", median(plain, Result::algorithmGbPerSecond));
    fields.put("median_s", median(plain, Result::medianSeconds));
    fields.put("ratio", bus / put(fields, "gloo_", gloo));
    fields.put("sealed_share", put(fields, "sealed_", sealed) / bus);
    if (!lossy.isEmpty()) {
      fields.put("lossy_share", put(fields, "lossy_", lossy) / bus);
    }
    return fields;
  }

  private static double put(Map<String, Object> fields, String which, List<Result> results) {
    double bus = median(results, Result::busGbPerSecond);
    fields.put(which + "bus_gb_s", bus);
    fields.put(which + "cpu_s", median(results, Result::cpuSeconds));
    return bus;
  }

  private static double median(List<Result> results, ToDoubleFunction<Result> of) {
    double[] sorted = results.stream().mapToDouble(of).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
