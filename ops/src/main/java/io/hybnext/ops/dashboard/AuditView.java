package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last lines of an audit log, questions and outcomes put together. One thread at a time. */
final class AuditView {
  private static final int KEPT = 100;

  private final Map<String, Line> lines = new LinkedHashMap<>();

  /**
   * An action that somebody asked for.
   *
   * @param time of the question
   * @param who asked
   * @param action its name
   * @param about what it was about, for people
   * @param outcome done, refused, or empty when it is not known
   * @param sentence how, or why not
   */
  record Line(
      String time, String who, String action, String about, String outcome, String sentence) {}

  void accept(List<JsonNode> news) {
    for (JsonNode line : news) {
      String id = line.path("id").asText();
      Line before = lines.get(id);
      if (line.has("action")) {
        lines.put(id, asked(line));
      } else if (before != null) {
        lines.put(
            id,
            new Line(
                before.time(),
                before.who(),
                before.action(),
                before.about(),
                line.path("outcome").asText(),
                line.path("sentence").asText()));
      }
    }
    while (lines.size() > KEPT) {
      lines.remove(lines.keySet().iterator().next());
    }
  }

  private static Line asked(JsonNode line) {
    List<String> about = new ArrayList<>();
    line.path("about").forEach(value -> about.add(value.asText()));
    return new Line(
        line.path("time").asText(),
        line.path("who").asText(),
        line.path("action").asText(),
        String.join(", ", about),
        "",
        "");
  }

  /** The newest first. */
  List<Line> lines() {
    List<Line> newest = new ArrayList<>(lines.values());
    java.util.Collections.reverse(newest);
    return newest;
  }
}
