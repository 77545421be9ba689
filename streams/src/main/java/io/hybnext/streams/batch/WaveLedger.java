package io.hybnext.streams.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.file.Disk;
import io.hybnext.file.Disk.Appender;
import io.hybnext.file.FileFailure;
import io.hybnext.streams.store.CheckedLine;
import io.hybnext.streams.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * At which steps new items enter a run: {@code waves.jsonl} in the run's folder, one checked line a
 * wave, appended by the process that leads the run before any member may do the wave's first step,
 * and read by all members before each step. A run that goes on, or is done again with this file,
 * draws the same items. A last line that is not whole is the trace of a crash; one that is whole is
 * never taken back, as members that read ahead may have it. Thread-safe.
 */
public final class WaveLedger {
  /** Name of the file in a run's folder. */
  public static final String FILE = "waves.jsonl";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Disk disk;
  private final Path file;
  private final List<Wave> waves = new ArrayList<>(); // guarded by this
  private long wholeBytes;

  /** The waves of a run. */
  public WaveLedger(Path file) {
    this(Disk.LOCAL, file);
  }

  /** The same on any disk. */
  public WaveLedger(Disk disk, Path file) {
    this.disk = disk;
    this.file = file;
  }

  /**
   * The waves that are noted now, in order. Opens the file each time, so that a network file system
   * shows what another machine wrote before; reads only what is new.
   *
   * @throws StoreException when the file is damaged or cannot be read
   */
  public synchronized List<Wave> waves() {
    try {
      readNew();
    } catch (IOException error) {
      throw new StoreException(
          "The run's waves "
              + file
              + " cannot be read ("
              + FileFailure.explain(error)
              + "): restore the file, the run's batches cannot be told without it.",
          error);
    }
    return List.copyOf(waves);
  }

  /**
   * Notes a wave; when this returns, a crash cannot undo it.
   *
   * @throws UnsettledWaveException when it is there, but a crash may undo it
   * @throws IOException with a sentence when it does not follow those before, or the disk does not
   *     take it; it is not there then
   */
  public synchronized void add(Wave wave) throws IOException {
    readNew();
    Wave last = waves.isEmpty() ? null : waves.get(waves.size() - 1);
    if (last != null && !wave.follows(last.step(), last.snapshot())) {
      throw new IOException(
          "new items cannot enter at step "
              + wave.step()
              + ": a later wave is noted, or they do not continue the run's data");
    }
    boolean isNew = !disk.exists(file);
    byte[] line = CheckedLine.encode(JSON.writeValueAsString(wave));
    try (Appender appender = disk.append(file, wholeBytes)) {
      write(appender, line);
      settle(appender, isNew);
    }
  }

  private void write(Appender appender, byte[] line) throws IOException {
    try {
      appender.write(line);
    } catch (IOException error) {
      if (disk.sizeBytes(file) >= wholeBytes + line.length) {
        throw new UnsettledWaveException(file, error);
      }
      appender.truncate(wholeBytes); // a part of a line, which nobody takes for one
      throw error;
    }
  }

  private void settle(Appender appender, boolean isNew) throws UnsettledWaveException {
    try {
      appender.force();
      if (isNew) {
        disk.force(file.toAbsolutePath().getParent());
      }
    } catch (IOException error) {
      throw new UnsettledWaveException(file, error);
    }
  }

  /**
   * Sees to it that no crash undoes what is noted now: who noted it may have ended before the disk
   * had it. Whoever begins to lead the run calls this before any member may go on, and whoever
   * noted a wave that is unsettled, until it goes well.
   *
   * @throws UnsettledWaveException when the disk does not do it
   */
  public synchronized void secure() throws UnsettledWaveException {
    if (!disk.exists(file)) {
      return;
    }
    try {
      disk.force(file);
      disk.force(file.toAbsolutePath().getParent());
    } catch (IOException error) {
      throw new UnsettledWaveException(file, error);
    }
  }

  private void readNew() throws IOException {
    if (!disk.exists(file)) {
      return;
    }
    byte[] bytes;
    try (InputStream in = disk.open(file)) {
      in.skipNBytes(wholeBytes);
      bytes = in.readAllBytes();
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte next : bytes) {
      if (next == '\n') {
        accept(line.toByteArray());
        line.reset();
      } else {
        line.write(next);
      }
    }
  }

  private void accept(byte[] line) throws IOException {
    try {
      waves.add(JSON.readValue(CheckedLine.decode(line), Wave.class));
      wholeBytes += line.length + 1;
    } catch (JsonProcessingException foreign) {
      throw new IOException("line " + (waves.size() + 1) + " is no wave", foreign);
    } catch (IOException damaged) {
      throw new IOException("line " + (waves.size() + 1) + " " + damaged.getMessage(), damaged);
    }
  }
}
