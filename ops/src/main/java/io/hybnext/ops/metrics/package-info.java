/**
 * Figures of a run for other programs: {@link io.hybnext.ops.metrics.MetricsText} for Prometheus.
 */
package io.hybnext.ops.metrics;
