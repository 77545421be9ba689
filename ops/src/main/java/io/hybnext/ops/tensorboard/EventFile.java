package io.hybnext.ops.tensorboard;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * One event file. Records are framed as TFRecord: length, its masked CRC32C, the event in protocol
 * buffers, its masked CRC32C. Fields are those of TensorFlow's event.proto and summary.proto. One
 * thread at a time.
 */
final class EventFile implements AutoCloseable {
  private static final int MASK_DELTA = 0xa282ead8;
  // Fields of Event.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  // Fields of Summary.Value.
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;
  private static final int IMAGE = 4;

  private final OutputStream out;

  /**
   * Makes a new file.
   *
   * @param folder made when missing
   * @param now part of its name, as TensorBoard wants it
   * @param writer part of its name that no other file of the same second has
   */
  EventFile(Path folder, Instant now, String writer) throws IOException {
    Files.createDirectories(folder);
    String name =
        String.format(
            Locale.ROOT, "events.out.tfevents.%010d.hybnext.%s", now.getEpochSecond(), writer);
    out =
        new BufferedOutputStream(
            Files.newOutputStream(folder.resolve(name), StandardOpenOption.CREATE_NEW));
    write(event(now, 0).text(FILE_VERSION, "brain.Event:2"));
  }

  private static ProtoMessage event(Instant time, long step) {
    return new ProtoMessage().number(WALL_TIME, time.toEpochMilli() / 1e3).number(STEP, step);
  }

  /** What was told of this step and later ones before does not hold any more. */
  void restart(Instant time, long step) throws IOException {
    int start = 1; // SessionLog.START
    write(event(time, step).message(SESSION_LOG, new ProtoMessage().number(1, start)));
  }

  /** Adds numbers of a step, by tag. */
  void scalars(Instant time, long step, Map<String, Double> values) throws IOException {
    ProtoMessage summary = new ProtoMessage();
    values.forEach(
        (tag, value) ->
            summary.message(
                1, new ProtoMessage().text(TAG, tag).number(SIMPLE_VALUE, value.floatValue())));
    write(event(time, step).message(SUMMARY, summary));
  }

  /**
   * Adds a picture.
   *
   * @param png as a file holds it
   */
  void picture(Instant time, long step, String tag, int width, int height, byte[] png)
      throws IOException {
    int rgb = 3;
    ProtoMessage image =
        new ProtoMessage().number(1, height).number(2, width).number(3, rgb).bytes(4, png);
    ProtoMessage value = new ProtoMessage().text(TAG, tag).message(IMAGE, image);
    write(event(time, step).message(SUMMARY, new ProtoMessage().message(1, value)));
  }

  private void write(ProtoMessage event) throws IOException {
    byte[] data = event.toBytes();
    byte[] length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    out.write(length);
    out.write(masked(length));
    out.write(data);
    out.write(masked(data));
  }

  private static byte[] masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int masked = Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
  }

  /** What was added can be read by others. */
  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
