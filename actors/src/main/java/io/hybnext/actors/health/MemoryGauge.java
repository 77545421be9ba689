package io.hybnext.actors.health;

import io.hybnext.machine.HostMemory;
import io.hybnext.machine.ProcFile;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.List;

/** Measures the memory of this process and of its machine. */
public final class MemoryGauge {
  private static final Path STATUS = Path.of("/proc/self/status");

  private final List<MemoryPoolMXBean> pools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();

  /** The figures now; the heap's are those after the last collection, which is what is in use. */
  public Vitals.Memory read() {
    long heap = 0;
    for (MemoryPoolMXBean pool : pools) {
      MemoryUsage after = pool.getCollectionUsage(); // null for pools that are not collected
      heap += after == null ? 0 : after.getUsed();
    }
    HostMemory host = HostMemory.now();
    return new Vitals.Memory(
        ProcFile.bytes(STATUS, "VmRSS"),
        heap,
        Runtime.getRuntime().maxMemory(),
        host.availableBytes(),
        host.totalBytes());
  }
}
