package io.hybnext.actors.exchange.driver;

import io.aeron.CncFileDescriptor;
import io.aeron.DriverProxy;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a media driver at once when a process that uses it has died, instead of after its seconds
 * of silence: the driver then ends the ways of that process, which the other members notice.
 */
final class ClientWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
  private static final long INTERVAL_NS = 10_000_000;

  private final MappedByteBuffer file;
  private final CountersReader counters;
  private final RingBuffer toDriver;
  private final Map<Long, WatchedProcess> processes = new HashMap<>(); // by client
  private final Set<Long> seen = new HashSet<>();
  private final Thread thread = new Thread(this::watch, "media-driver-clients");
  private volatile int living;
  private volatile long looks;
  private volatile boolean closed;

  /**
   * Starts watching.
   *
   * @param directory folder of a driver that runs
   */
  ClientWatch(Path directory) {
    file =
        IoUtil.mapExistingFile(
            directory.resolve(CncFileDescriptor.CNC_FILE).toFile(), "control file");
    DirectBuffer meta = CncFileDescriptor.createMetaDataBuffer(file);
    counters =
        new CountersReader(
            CncFileDescriptor.createCountersMetaDataBuffer(file, meta),
            CncFileDescriptor.createCountersValuesBuffer(file, meta),
            StandardCharsets.US_ASCII);
    toDriver = new ManyToOneRingBuffer(CncFileDescriptor.createToDriverBuffer(file, meta));
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!closed) {
      lookForClients();
      endThoseOfTheDead();
      living = processes.size();
      looks = looks() + 1;
      LockSupport.parkNanos(INTERVAL_NS);
    }
    processes.values().forEach(ClientWatch::forget);
  }

  /** How often it has looked. */
  long looks() {
    return looks;
  }

  /** Number of clients whose processes live, as of a moment ago. */
  int living() {
    return living;
  }

  private void lookForClients() {
    seen.clear();
    findClients();
    for (Iterator<Map.Entry<Long, WatchedProcess>> each = processes.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Long, WatchedProcess> client = each.next();
      if (!seen.contains(client.getKey())) { // it has left
        forget(client.getValue());
        each.remove();
      }
    }
  }

  private void findClients() {
    for (int id = 0; id <= counters.maxCounterId(); id++) {
      int state = counters.getCounterState(id);
      if (state == CountersReader.RECORD_UNUSED) {
        return;
      }
      if (state == CountersReader.RECORD_ALLOCATED
          && counters.getCounterTypeId(id) == ClientName.COUNTER_TYPE) {
        long client = counters.getCounterOwnerId(id);
        seen.add(client);
        if (!processes.containsKey(client)) {
          watchClient(client, counters.getCounterLabel(id));
        }
      }
    }
  }

  private void watchClient(long client, String label) {
    long pid = ClientName.processIn(label);
    WatchedProcess process = pid == 0 ? null : WatchedProcess.of(pid);
    if (process != null) {
      processes.put(client, process);
    }
  }

  private void endThoseOfTheDead() {
    for (Iterator<Map.Entry<Long, WatchedProcess>> each = processes.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Long, WatchedProcess> client = each.next();
      if (!client.getValue().isAlive()) {
        new DriverProxy(toDriver, client.getKey()).clientClose();
        forget(client.getValue());
        each.remove();
      }
    }
  }

  private static void forget(WatchedProcess process) {
    try {
      process.close();
    } catch (IOException failed) {
      LOG.debug("a file under /proc did not close", failed);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
      BufferUtil.free(file);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
