package io.hybnext.ops.progress;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Progress for people. On a terminal one line is written over and over; elsewhere a plain line
 * appears every few seconds and whenever a stage ends.
 */
public final class TerminalProgress implements Progress {
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(5);
  private static final Duration LIVE_INTERVAL = Duration.ofMillis(100);

  private final PrintStream out;
  private final boolean live;
  private final Clock clock;
  private long shownAtMillis = Long.MIN_VALUE / 2;
  private int liveLength;

  /**
   * Creates the printer.
   *
   * @param out stays open
   * @param live whether {@code out} is a terminal that understands carriage returns
   * @param clock for the pace of output
   */
  public TerminalProgress(PrintStream out, boolean live, Clock clock) {
    this.out = out;
    this.live = live;
    this.clock = clock;
  }

  @Override
  public synchronized void tell(ProgressEvent event) {
    if (event instanceof ProgressEvent.Note note) {
      line(note.text());
    } else if (event instanceof ProgressEvent.Stage stage) {
      update(stage(stage), stage.total() > 0 && stage.done() >= stage.total());
    } else if (event instanceof ProgressEvent.Step step) {
      update(step(step), step.step() >= step.steps());
    } else if (event instanceof ProgressEvent.Values values) {
      line(values(values));
    } else if (event instanceof ProgressEvent.Result result) {
      result.values().forEach((name, value) -> line("  " + name + ": " + shown(value)));
    }
  }

  private void update(String text, boolean last) {
    long now = clock.millis();
    Duration interval = live ? LIVE_INTERVAL : PLAIN_INTERVAL;
    if (!last && now - shownAtMillis < interval.toMillis()) {
      return;
    }
    shownAtMillis = now;
    if (live && !last) {
      out.print("\r" + text + " ".repeat(Math.max(0, liveLength - text.length())));
      out.flush();
      liveLength = text.length();
    } else {
      line(text);
    }
  }

  private void line(String text) {
    if (liveLength > 0) {
      out.print("\r" + " ".repeat(liveLength) + "\r");
      liveLength = 0;
    }
    out.println(text);
    out.flush();
  }

  private static String stage(ProgressEvent.Stage stage) {
    String of = stage.total() > 0 ? "/" + stage.total() : "";
    String rate =
        Double.isFinite(stage.perSecond()) ? String.format("  %.1f/s", stage.perSecond()) : "";
    return String.format("%-10s %d%s %s%s", stage.name(), stage.done(), of, stage.unit(), rate);
  }

  private static String values(ProgressEvent.Values values) {
    StringBuilder text = new StringBuilder();
    text.append(values.name() + " " + values.done() + "/" + values.total());
    values.values().forEach((name, value) -> text.append("  " + name + " " + shown(value)));
    return text.toString();
  }

  private static String step(ProgressEvent.Step step) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "step %d/%d  nll %.3f  gva %.3f", step.step(), step.steps(), step.nll(), step.gva()));
    if (step.zLoss() != 0) {
      text.append(String.format("  z %.3g", step.zLoss()));
    }
    text.append(
        String.format(
            "  %,.0f tokens/s  ETA %s  %s",
            step.tokensPerSecond(), duration(step.remaining()), trainers(step)));
    return text.toString();
  }

  /** {@code 2 trainers ok}, or {@code 3 trainers: 2 ok, 1 lost}. */
  private static String trainers(ProgressEvent.Step step) {
    Map<String, Long> states = new TreeMap<>();
    step.trainers().forEach(trainer -> states.merge(trainer.state(), 1L, Long::sum));
    String count =
        step.trainers().size() + (step.trainers().size() == 1 ? " trainer" : " trainers");
    if (states.size() == 1) {
      return count + " " + states.keySet().iterator().next();
    }
    StringBuilder text = new StringBuilder(count);
    String separator = ": ";
    for (Map.Entry<String, Long> state : states.entrySet()) {
      text.append(separator).append(state.getValue()).append(' ').append(state.getKey());
      separator = ", ";
    }
    return text.toString();
  }

  /** {@code 1:02:03} or {@code 2:03}. */
  static String duration(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    return seconds >= 3600
        ? String.format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format("%d:%02d", seconds / 60, seconds % 60);
  }

  private static String shown(Object value) {
    return value instanceof Double number ? String.format("%.4g", number) : String.valueOf(value);
  }
}
