package io.hybnext.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.health.Cause;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.ops.metrics.MetricsText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What is served to Prometheus, and the alerts and the dashboard over it. */
class MonitoringTest {
  private static final Path OPS = Path.of(System.getProperty("hybnext.root"), "ops");
  private static final Path MONITORING = OPS.resolve("monitoring");

  @TempDir Path folder;

  private String metrics() throws IOException {
    StoredRun run = new StoredRun(folder).train();
    run.note(StoredRun.START, StoredRun.finding(HealthState.DEGRADED));
    RunStatus status = RunStatus.read(run.folder, StoredRun.START.plusSeconds(1));
    return new String(MetricsText.of(status), StandardCharsets.UTF_8);
  }

  @Test
  void shouldServeFiguresWithUnits() throws Exception {
    String text = metrics();
    for (String line :
        List.of(
            "# TYPE hybnext_steps_total counter",
            "hybnext_steps_total{run=\"0123456789\"} 12.0",
            "hybnext_tokens_total{run=\"0123456789\"} 6144.0",
            "hybnext_health{actor=\"trainer-1\",cause=\"slow-member\",run=\"0123456789\"} 1.0",
            "hybnext_run_life{life=\"alive\",run=\"0123456789\"} 1.0",
            "hybnext_run_life{life=\"silent\",run=\"0123456789\"} 0.0",
            "hybnext_member_resident_bytes{run=\"0123456789\",trainer=\"trainer-0\"} 5.36870912E8",
            "hybnext_member_time_seconds_total{doing=\"compute\",run=\"0123456789\","
                + "trainer=\"trainer-0\"} 2.16",
            "hybnext_checkpoint_step{run=\"0123456789\"} 10.0")) {
      assertTrue(text.contains(line + "\n"), line + " in\n" + text);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> rules() throws IOException {
    Map<String, Object> file = new Yaml().load(Files.readString(MONITORING.resolve("alerts.yml")));
    var groups = (List<Map<String, Object>>) file.get("groups");
    return (List<Map<String, Object>>) groups.get(0).get("rules");
  }

  @Test
  void shouldHaveAnAlertForEveryCauseAndAChapterForEveryAlert() throws Exception {
    List<String> expressions = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (Map<String, Object> rule : rules()) {
      expressions.add(String.valueOf(rule.get("expr")));
      names.add(String.valueOf(rule.get("alert")));
    }
    for (Cause cause : Cause.values()) {
      String label = "cause=\"" + cause.word() + "\"";
      assertTrue(expressions.stream().anyMatch(expr -> expr.contains(label)), label);
    }
    Matcher chapter =
        Pattern.compile("(?m)^## (\\w+)$").matcher(Files.readString(OPS.resolve("docs/alerts.md")));
    assertEquals(names, new TreeSet<>(chapter.results().map(found -> found.group(1)).toList()));
  }

  /** Names of metrics that are served in every run with GPUs, in expressions. */
  @Test
  void shouldOnlyAskForMetricsThatAreServed() throws Exception {
    String served = metrics() + "hybnext_member_device_used_bytes hybnext_member_device_bytes";
    List<String> expressions = new ArrayList<>();
    rules().forEach(rule -> expressions.add(String.valueOf(rule.get("expr"))));
    JsonNode board = new ObjectMapper().readTree(MONITORING.resolve("grafana.json").toFile());
    board.get("panels").findValuesAsText("expr").forEach(expressions::add);
    assertTrue(expressions.size() > 30, expressions::toString);
    Pattern name = Pattern.compile("hybnext_[a-z_]+");
    for (String expression : expressions) {
      for (String metric : name.matcher(expression).results().map(r -> r.group()).toList()) {
        assertTrue(served.contains(metric), metric + " in " + expression);
      }
    }
  }

  @Test
  void shouldPassPromtool() throws Exception {
    assumeTrue(
        hasPromtool(), "promtool is not on the PATH (Debian package prometheus): not checked");
    promtool("check", "rules", "alerts.yml");
    promtool("test", "rules", "alerts-test.yml");
    promtool("check", "config", "prometheus.yml");
    Path text = Files.writeString(folder.resolve("metrics.txt"), metrics());
    Process check =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(text.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }

  private static boolean hasPromtool() {
    for (String place : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(place, "promtool"))) {
        return true;
      }
    }
    System.err.println("promtool is not on the PATH: alerts are not checked by it");
    return false;
  }

  private static void promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process check =
        new ProcessBuilder(command)
            .directory(MONITORING.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }
}
