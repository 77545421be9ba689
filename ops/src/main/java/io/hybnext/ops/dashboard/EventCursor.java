package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What one page was told already, so that it is told changes only. */
final class EventCursor implements Supplier<String> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MathContext DIGITS = new MathContext(6);
  private static final int EXACT_COLUMNS = 2; // step and time

  private final Supplier<Snapshot> now;
  private final Map<String, Long> told = new HashMap<>();
  private int epoch = -1;
  private int rows;

  EventCursor(Supplier<Snapshot> now) {
    this.now = now;
  }

  /** The changes since the last call as one line of JSON; empty when there are none. */
  @Override
  public synchronized String get() {
    Snapshot snapshot = now.get();
    ObjectNode sections = JSON.createObjectNode();
    snapshot
        .sections()
        .forEach(
            (name, section) -> {
              if (told.getOrDefault(name, -1L) < section.version()) {
                sections.putRawValue(name, new RawValue(section.json()));
                told.put(name, section.version());
              }
            });
    ObjectNode change = JSON.createObjectNode();
    if (!sections.isEmpty()) {
      change.set("sections", sections);
    }
    addSteps(snapshot.curve(), change);
    try {
      return change.isEmpty() ? "" : JSON.writeValueAsString(change);
    } catch (JsonProcessingException defect) {
      throw new IllegalStateException(defect);
    }
  }

  private void addSteps(Curve curve, ObjectNode change) {
    int from = curve.epoch() == epoch ? Math.min(rows, curve.rows().size()) : 0;
    if (from == curve.rows().size() && curve.epoch() == epoch) {
      return;
    }
    epoch = curve.epoch();
    rows = curve.rows().size();
    ObjectNode steps = change.putObject("steps").put("from", from);
    ArrayNode names = steps.putArray("names");
    Curve.NAMES.forEach(names::add);
    List<double[]> added = curve.rows().subList(from, rows);
    ArrayNode list = steps.putArray("rows");
    for (double[] row : added) {
      ArrayNode values = list.addArray();
      for (int i = 0; i < row.length; i++) {
        add(values, row[i], i < EXACT_COLUMNS);
      }
    }
  }

  private static void add(ArrayNode values, double value, boolean exact) {
    if (!Double.isFinite(value)) {
      values.addNull();
    } else if (exact) {
      values.add((long) value);
    } else {
      values.add(new BigDecimal(value, DIGITS));
    }
  }
}
