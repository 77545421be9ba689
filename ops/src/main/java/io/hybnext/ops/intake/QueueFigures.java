package io.hybnext.ops.intake;

import io.hybnext.ops.report.ReportData.Ingestion.Stage;
import io.hybnext.streams.flow.StageSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks at the stages of a stream now and then, and keeps mean and greatest queue of each. */
final class QueueFigures {
  private final Map<String, Long> sums = new HashMap<>();
  private final Map<String, Long> greatest = new HashMap<>();
  private int looks;

  /** Notes the queues of a moment. */
  void look(List<StageSnapshot> stages) {
    looks++;
    for (StageSnapshot stage : stages) {
      sums.merge(stage.stage(), stage.queueDepth(), Long::sum);
      greatest.merge(stage.stage(), stage.queueDepth(), Math::max);
    }
  }

  /** The stages at the end, with the queues that were seen. */
  List<Stage> rows(List<StageSnapshot> stages) {
    return stages.stream().map(this::row).toList();
  }

  private Stage row(StageSnapshot stage) {
    double mean = looks == 0 ? Double.NaN : sums.getOrDefault(stage.stage(), 0L) / (double) looks;
    return new Stage(
        stage.stage(),
        stage.elements(),
        stage.elementsPerSecond(),
        mean,
        greatest.getOrDefault(stage.stage(), 0L),
        stage.busyShare());
  }
}
