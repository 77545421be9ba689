package io.hybnext.ops.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One JSON object a line; field {@code event} tells the kind. */
public final class JsonLinesProgress implements Progress {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;

  /** Writes to the stream, which stays open. */
  public JsonLinesProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void tell(ProgressEvent event) {
    try {
      out.println(JSON.writeValueAsString(fields(event)));
      out.flush();
    } catch (JsonProcessingException defect) {
      throw new IllegalStateException("event cannot be written as JSON: " + event, defect);
    }
  }

  private static Map<String, Object> fields(ProgressEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (event instanceof ProgressEvent.Note note) {
      fields.put("event", "note");
      fields.put("text", note.text());
    } else if (event instanceof ProgressEvent.Stage stage) {
      fields.put("event", "stage");
      fields.put("name", stage.name());
      fields.put("done", stage.done());
      fields.put("total", stage.total());
      fields.put("per_s", finite(stage.perSecond()));
      fields.put("unit", stage.unit());
    } else if (event instanceof ProgressEvent.Step step) {
      step(fields, step);
    } else if (event instanceof ProgressEvent.Values values) {
      fields.put("event", values.name());
      fields.put("done", values.done());
      fields.put("total", values.total());
      values.values().forEach((name, value) -> fields.put(name, finite(value)));
    } else if (event instanceof ProgressEvent.Result result) {
      fields.put("event", "result");
      result.values().forEach((name, value) -> fields.put(name, finite(value)));
    }
    return fields;
  }

  private static void step(Map<String, Object> fields, ProgressEvent.Step step) {
    fields.put("event", "step");
    fields.put("step", step.step());
    fields.put("steps", step.steps());
    fields.put("nll", finite(step.nll()));
    fields.put("gva", finite(step.gva()));
    fields.put("z_loss", finite(step.zLoss()));
    fields.put("gradient_norm", finite(step.gradientNorm()));
    fields.put("learning_rate", finite(step.learningRate()));
    fields.put("tokens_per_s", finite(step.tokensPerSecond()));
    fields.put("eta_s", step.remaining().toSeconds());
    fields.put("done_ms", step.doneMs());
    fields.put("trainers", step.trainers().stream().map(JsonLinesProgress::trainer).toList());
  }

  private static Map<String, Object> trainer(ProgressEvent.Trainer trainer) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("rank", trainer.rank());
    fields.put("pid", trainer.pid());
    fields.put("state", trainer.state());
    return fields;
  }

  /** JSON has no NaN or infinity. */
  private static Object finite(Object value) {
    if (value instanceof Double number && !Double.isFinite(number)) {
      return null;
    }
    return value instanceof List<?> list
        ? list.stream().map(JsonLinesProgress::finite).toList()
        : value;
  }
}
