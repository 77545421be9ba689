package io.hybnext.config;

/**
 * The {@code trainers} section of reference.conf. Trainer processes on this machine.
 *
 * @param count processes
 * @param threads intra-op threads of each
 * @param device {@code cpu} or {@code cuda:N}; trainer k takes GPU N + k
 * @param precision of working weights and activations
 * @param heapBytes Java heap of each
 */
public record TrainersSettings(
    int count, int threads, String device, Precision precision, long heapBytes) {

  /** Type of working weights and activations. */
  public enum Precision {
    FP32,
    BF16
  }

  /** Checks every value. */
  public TrainersSettings {
    Rule.between("trainers.count", count, 1, 64);
    Rule.between("trainers.threads", threads, 1, 256);
    Rule.device("trainers.device", device);
    Rule.check(
        heapBytes >= 128L << 20 && heapBytes <= 64L << 30,
        "trainers.heap",
        heapBytes,
        "from 128 MiB to 64 GiB");
  }
}
