package io.hybnext.actors.exchange;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What work costs, however many others use the machine: processor time and Java heap. */
public final class ProcessorTime {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private ProcessorTime() {}

  /** Nanoseconds that all threads of this process have used so far. */
  public static long ofThisProcess() {
    return PROCESS.getProcessCpuTime();
  }

  /** Bytes of Java heap that this thread has taken so far. */
  public static long allocatedByThisThread() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
