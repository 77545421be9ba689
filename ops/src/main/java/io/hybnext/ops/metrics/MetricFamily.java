package io.hybnext.ops.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gauges and counters by name, with data points as they come. */
final class MetricFamily {
  private final Labels common;
  private final List<InfoSnapshot> infos = new ArrayList<>();
  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
  private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();

  /** Every data point gets these labels. */
  MetricFamily(Labels common) {
    this.common = common;
  }

  /** A value that goes up and down; not a number is left out. */
  void gauge(String name, String help, double value, String... labels) {
    GaugeSnapshot.Builder gauge =
        gauges.computeIfAbsent(name, of -> GaugeSnapshot.builder().name(of).help(help));
    if (!Double.isNaN(value)) {
      gauge.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .value(value)
              .labels(common.merge(Labels.of(labels)))
              .build());
    }
  }

  /** A value that grows, told without the ending {@code _total} that it is given. */
  void counter(String name, String help, double value, String... labels) {
    counters
        .computeIfAbsent(name, of -> CounterSnapshot.builder().name(of).help(help))
        .dataPoint(
            CounterSnapshot.CounterDataPointSnapshot.builder()
                .value(value)
                .labels(common.merge(Labels.of(labels)))
                .build());
  }

  /** Something that is so, told without the ending {@code _info} that it is given. */
  void info(String name, String help, String... labels) {
    infos.add(
        InfoSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder().labels(Labels.of(labels)).build())
            .build());
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    infos.forEach(all::metricSnapshot);
    gauges.values().forEach(gauge -> all.metricSnapshot(gauge.build()));
    counters.values().forEach(counter -> all.metricSnapshot(counter.build()));
    return all.build();
  }
}
