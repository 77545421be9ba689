package io.hybnext.ops.metrics;

import io.hybnext.actors.cluster.Release;
import io.hybnext.actors.health.ActorReport;
import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.ops.health.RunStatus;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * A run's figures as Prometheus reads them. Units are in the names: seconds, bytes; counts end in
 * {@code _total} and begin anew with the process that leads the run.
 */
public final class MetricsText {
  /**
   * How the text is written; which of them is chosen by what the caller accepts.
   *
   * @param writer of it
   */
  public record Format(ExpositionFormatWriter writer) {
    private static final Format PROMETHEUS = new Format(PrometheusTextFormatWriter.create());
    private static final Format OPEN_METRICS = new Format(OpenMetricsTextFormatWriter.create());

    /**
     * OpenMetrics for who accepts it, as collectors of OpenTelemetry do; otherwise Prometheus's
     * own.
     */
    public static Format accepted(String accept) {
      return OPEN_METRICS.writer().accepts(accept) ? OPEN_METRICS : PROMETHEUS;
    }

    /** Of the HTTP answer. */
    public String contentType() {
      return writer.getContentType();
    }
  }

  private final RunStatus status;
  private final MetricFamily metrics;

  private MetricsText(RunStatus status) {
    this.status = status;
    metrics = new MetricFamily(Labels.of("run", status.run()));
  }

  /** The text, UTF-8, as Prometheus writes it. */
  public static byte[] of(RunStatus status) {
    return of(status, Format.PROMETHEUS);
  }

  /** The text, UTF-8. */
  public static byte[] of(RunStatus status, Format format) {
    MetricsText text = new MetricsText(status);
    text.addTarget();
    text.addLife();
    text.addHealth();
    status.snapshot().ifPresent(text::add);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      format.writer().write(out, text.metrics.snapshots());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    }
    return out.toByteArray();
  }

  /** What OpenTelemetry calls the resource; labels are its attributes' names with underscores. */
  private void addTarget() {
    metrics.info(
        "target",
        "What is told of, by the names of OpenTelemetry.",
        "service_name",
        "hybnext",
        "service_namespace",
        "hybnext",
        "service_instance_id",
        status.run(),
        "service_version",
        Release.NUMBER);
  }

  private void addLife() {
    for (RunStatus.Life life : RunStatus.Life.values()) {
      metrics.gauge(
          "hybnext_run_life",
          "1 for what the run is: new, alive, silent (it did not end, and nothing is heard), ended.",
          status.life() == life ? 1 : 0,
          "life",
          life.word());
    }
    metrics.gauge(
        "hybnext_run_heard_timestamp_seconds",
        "When the run was last heard of, or ended; seconds since 1970.",
        status.since().map(MetricsText::seconds).orElse(Double.NaN));
  }

  private void addHealth() {
    Map<HealthState, Integer> counts = new EnumMap<>(HealthState.class);
    counts.put(HealthState.DEGRADED, 0);
    counts.put(HealthState.FAILED, 0);
    for (ProgressEvent.Health finding : status.findings()) {
      counts.merge(finding.state(), 1, Integer::sum);
      metrics.gauge(
          "hybnext_health",
          "What is wrong now, by actor and cause: 1 degraded, 2 failed.",
          finding.state() == HealthState.FAILED ? 2 : 1,
          "actor",
          finding.actor(),
          "cause",
          finding.cause());
    }
    counts.forEach(
        (state, count) ->
            metrics.gauge(
                "hybnext_health_findings",
                "Number of things that are wrong now.",
                count,
                "state",
                state.word()));
  }

  private void add(RunSnapshot run) {
    metrics.gauge("hybnext_steps_planned", "Optimiser steps of the run.", run.steps());
    metrics.gauge("hybnext_generation", "Number of the present membership.", run.generation());
    addProgress(run.progress());
    addCounts(run.counts());
    RunSnapshot.Checkpoint checkpoint = run.checkpoint();
    if (checkpoint != null) {
      metrics.gauge(
          "hybnext_checkpoint_step", "Steps in the newest checkpoint.", checkpoint.step());
      metrics.gauge(
          "hybnext_checkpoint_timestamp_seconds",
          "When it was published; seconds since 1970.",
          seconds(Instant.parse(checkpoint.at())));
      metrics.gauge("hybnext_checkpoint_size_bytes", "Its size.", checkpoint.sizeBytes());
      metrics.gauge(
          "hybnext_checkpoint_write_seconds",
          "From its step to its publication; 0 when unknown.",
          checkpoint.seconds());
    }
    if (status.life() == RunStatus.Life.ALIVE) {
      run.members().forEach(this::add);
      run.actors().forEach(this::add);
    }
  }

  private void add(ActorReport actor) {
    metrics.counter(
        "hybnext_actor_done",
        "What an actor of the leading process finished: events noted, checkpoints published.",
        actor.done(),
        "actor",
        actor.actor());
    metrics.gauge(
        "hybnext_actor_seconds",
        "For how long it does, or does not do, what it does now.",
        actor.doingMs() / 1e3,
        "actor",
        actor.actor());
  }

  private void addProgress(RunSnapshot.Progress now) {
    metrics.gauge("hybnext_step", "Steps done and committed.", now.step());
    metrics.gauge("hybnext_nll_nats", "Next-token loss, nats a token.", now.nll());
    metrics.gauge("hybnext_gva", "1 - cosine of the alignment.", now.gva());
    metrics.gauge("hybnext_z_loss", "z-loss before its weight.", now.zLoss());
    metrics.gauge("hybnext_gradient_norm", "L2 norm before clipping.", now.gradientNorm());
    metrics.gauge("hybnext_learning_rate", "Of the newest step.", now.learningRate());
    boolean alive = status.life() == RunStatus.Life.ALIVE;
    metrics.gauge(
        "hybnext_tokens_per_second",
        "Predicted image tokens over all trainers, smoothed.",
        alive ? now.tokensPerSecond() : 0);
    metrics.gauge("hybnext_step_seconds", "Time of a step, smoothed.", now.secondsPerStep());
    metrics.gauge("hybnext_eta_seconds", "Time to the last step.", now.etaSeconds());
  }

  private void addCounts(RunSnapshot.Counts counts) {
    metrics.counter("hybnext_steps", "Committed steps.", counts.steps());
    metrics.counter("hybnext_tokens", "Predicted image tokens.", counts.tokens());
    metrics.counter(
        "hybnext_steps_not_applied", "Steps whose gradient was not finite.", counts.notApplied());
    metrics.counter("hybnext_generations", "Memberships formed.", counts.generations());
    metrics.counter("hybnext_members_lost", "Trainers lost.", counts.membersLost());
    metrics.counter("hybnext_checkpoints", "By outcome.", counts.checkpoints(), "outcome", "saved");
    metrics.counter(
        "hybnext_checkpoints", "By outcome.", counts.checkpointsFailed(), "outcome", "failed");
    metrics.counter(
        "hybnext_media_driver_restarts",
        "Restarts of the media driver of the gradient exchange.",
        counts.driverRestarts());
  }

  private void add(RunSnapshot.Member member) {
    String name = member.trainer();
    metrics.gauge(
        "hybnext_member_up",
        "1 when it is a member of the present generation.",
        member.rank() >= 0 ? 1 : 0,
        "trainer",
        name);
    metrics.gauge(
        "hybnext_member_microshards",
        "Microshards of each step that are its own.",
        member.microshards(),
        "trainer",
        name);
    metrics.gauge(
        "hybnext_member_straggler",
        "1 when the others wait for it.",
        member.straggler() ? 1 : 0,
        "trainer",
        name);
    if (member.vitals() != null) {
      add(name, member.vitals());
    }
  }

  private void add(String name, Vitals vitals) {
    String help = "Time since its process began, by what it did.";
    String time = "hybnext_member_time_seconds";
    metrics.counter(time, help, vitals.computeMs() / 1e3, "trainer", name, "doing", "compute");
    metrics.counter(time, help, vitals.exchangeMs() / 1e3, "trainer", name, "doing", "exchange");
    metrics.counter(time, help, vitals.dataWaitMs() / 1e3, "trainer", name, "doing", "data-wait");
    metrics.counter("hybnext_member_steps", "Steps it did.", vitals.steps(), "trainer", name);
    Vitals.Memory memory = vitals.memory();
    bytes("resident", "Memory of its process.", memory.residentBytes(), name);
    bytes("heap", "Java heap in use after a collection.", memory.heapBytes(), name);
    bytes("heap_limit", "Bound of its Java heap.", memory.heapLimitBytes(), name);
    bytes("host_available", "Memory that its machine can give.", memory.hostAvailableBytes(), name);
    bytes("host", "Memory of its machine or container.", memory.hostBytes(), name);
    Vitals.Device device = vitals.device();
    if (device.totalBytes() > 0) {
      bytes("device_used", "Memory of its GPU in use.", device.usedBytes(), name);
      bytes("device", "Memory of its GPU.", device.totalBytes(), name);
    }
  }

  private void bytes(String what, String help, long value, String trainer) {
    metrics.gauge("hybnext_member_" + what + "_bytes", help, value, "trainer", trainer);
  }

  private static double seconds(Instant at) {
    return at.toEpochMilli() / 1e3;
  }
}
