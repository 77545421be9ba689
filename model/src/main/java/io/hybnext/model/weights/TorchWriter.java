package io.hybnext.model.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a state dict as {@code torch.save} does, for projects that load nothing else: a zip file
 * with a pickle of protocol 2 that {@code torch.load(..., weights_only=True)} takes.
 */
public final class TorchWriter {
  private static final String TOP = "archive/";
  private static final Map<TensorType, String> STORAGES =
      Map.of(
          TensorType.F64, "DoubleStorage",
          TensorType.F32, "FloatStorage",
          TensorType.F16, "HalfStorage",
          TensorType.BF16, "BFloat16Storage",
          TensorType.I64, "LongStorage",
          TensorType.I32, "IntStorage",
          TensorType.I16, "ShortStorage",
          TensorType.I8, "CharStorage",
          TensorType.U8, "ByteStorage",
          TensorType.BOOL, "BoolStorage");

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private TorchWriter() {}

  /**
   * Writes a file that does not exist yet, one tensor piece after another.
   *
   * @param key what the state dict stands under; empty to save it as the whole
   * @param checkpoint its tensors in their order
   */
  public static void write(Path file, String key, Checkpoint checkpoint) throws IOException {
    try (ZipWriter zip = new ZipWriter(file)) {
      zip.add(TOP + "data.pkl", new TorchWriter().pickled(key, checkpoint.entries()));
      zip.add(TOP + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      int number = 0;
      for (TensorEntry entry : checkpoint.entries().values()) {
        zip.add(
            TOP + "data/" + number++,
            entry.sizeBytes(),
            sink -> checkpoint.stream(entry.name(), sink));
      }
      zip.add(TOP + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
      zip.finish();
    }
  }

  private byte[] pickled(String key, Map<String, TensorEntry> entries) {
    codes(0x80, 2);
    if (key.isEmpty()) {
      stateDict(entries);
    } else {
      codes('}');
      text(key);
      stateDict(entries);
      codes('s');
    }
    codes('.');
    return pickle.toByteArray();
  }

  private void stateDict(Map<String, TensorEntry> entries) {
    orderedDict();
    codes('(');
    int number = 0;
    for (TensorEntry entry : entries.values()) {
      text(entry.name());
      tensor(entry, number++);
    }
    codes('u');
  }

  /** An empty {@code collections.OrderedDict}. */
  private void orderedDict() {
    global("collections", "OrderedDict");
    codes(')', 'R');
  }

  private void tensor(TensorEntry entry, int number) {
    global("torch._utils", "_rebuild_tensor_v2");
    codes('(', '(');
    text("storage");
    global("torch", STORAGES.get(entry.type()));
    text(Integer.toString(number));
    text("cpu");
    number(entry.size());
    codes('t', 'Q');
    number(0);
    tuple(entry.shape());
    tuple(strides(entry.shape()));
    codes(0x89); // needs no gradient
    orderedDict(); // no hooks
    codes('t', 'R');
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  private void tuple(long[] values) {
    codes('(');
    for (long value : values) {
      number(value);
    }
    codes('t');
  }

  private void number(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (value <= Integer.MAX_VALUE) {
      codes('J');
      pickle.write(bytes.putInt((int) value).array(), 0, Integer.BYTES);
    } else {
      codes(0x8a, Long.BYTES);
      pickle.write(bytes.putLong(value).array(), 0, Long.BYTES);
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    codes('X');
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    pickle.writeBytes(length.putInt(bytes.length).array());
    pickle.writeBytes(bytes);
  }

  private void global(String module, String name) {
    codes('c');
    pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void codes(int... codes) {
    for (int code : codes) {
      pickle.write(code);
    }
  }
}
