/**
 * Benchmarks that run the real thing in small: {@link io.hybnext.ops.bench.StepBenchmark} starts
 * trainer processes, cluster and exchange as a run does and measures committed steps; {@link
 * io.hybnext.ops.bench.GenerateBenchmark} draws tokens as {@code generate} does; {@link
 * io.hybnext.ops.bench.AllReduceBenchmark} exchanges arrays between processes.
 */
package io.hybnext.ops.bench;
