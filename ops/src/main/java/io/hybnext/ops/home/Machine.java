package io.hybnext.ops.home;

import io.hybnext.machine.ProcFile;
import java.nio.file.Path;

/** What this process runs on, as far as Linux tells. */
public final class Machine {
  private Machine() {}

  /** Model of the processor, or its architecture. */
  public static String processor() {
    String model = ProcFile.value(Path.of("/proc/cpuinfo"), "model name");
    return model.isEmpty() ? System.getProperty("os.arch") : model;
  }

  /** Logical cores that this process may use. */
  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Memory of the machine, bytes; 0 when unknown. */
  public static long memoryBytes() {
    return ProcFile.bytes(Path.of("/proc/meminfo"), "MemTotal");
  }

  /** Memory that can be used now without swapping, bytes; 0 when unknown. */
  public static long availableMemoryBytes() {
    return ProcFile.bytes(Path.of("/proc/meminfo"), "MemAvailable");
  }

  /** Most memory that a process held so far, bytes; 0 when it is gone or unknown. */
  public static long peakResidentBytes(long pid) {
    return ProcFile.bytes(Path.of("/proc", Long.toString(pid), "status"), "VmHWM");
  }

  /** Operating system, version and architecture. */
  public static String system() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " "
        + System.getProperty("os.arch");
  }

  /** Version and name of the virtual machine. */
  public static String java() {
    return System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + ")";
  }
}
