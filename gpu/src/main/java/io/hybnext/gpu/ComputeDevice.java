package io.hybnext.gpu;

import ai.djl.Device;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where arrays live and kernels run. Chosen by settings and nowhere else: no code asks whether a
 * GPU happens to be present.
 *
 * @param kind processor kind
 * @param index number of the GPU, 0 for the CPU
 */
public record ComputeDevice(Kind kind, int index) {

  /** Processor kinds. */
  public enum Kind {
    CPU,
    CUDA
  }

  /** The CPU. */
  public static final ComputeDevice CPU = new ComputeDevice(Kind.CPU, 0);

  private static final Pattern CUDA_SETTING = Pattern.compile("cuda:(\\d{1,3})");

  /**
   * Reads the setting {@code cpu} or {@code cuda:N}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static ComputeDevice parse(String setting) {
    if (setting.equals("cpu")) {
      return CPU;
    }
    Matcher cuda = CUDA_SETTING.matcher(setting);
    if (cuda.matches()) {
      return new ComputeDevice(Kind.CUDA, Integer.parseInt(cuda.group(1)));
    }
    throw new IllegalArgumentException("device = " + setting + ": want cpu or cuda:N, e.g. cuda:0");
  }

  /**
   * The device of one process among several on this machine: the same CPU, or a GPU each, counted
   * on from this one.
   *
   * @param number of the process, from 0
   */
  public ComputeDevice forProcess(int number) {
    return kind == Kind.CPU ? this : new ComputeDevice(kind, index + number);
  }

  Device toDjl() {
    return kind == Kind.CPU ? Device.cpu() : Device.gpu(index);
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
