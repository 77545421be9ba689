package io.hybnext.model.weights;

import io.hybnext.model.weights.pickle.PickleException;
import io.hybnext.model.weights.pickle.PickleReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code torch.save} wrote: the unpickled root, and where the bytes of every storage lie. Two
 * containers exist: a zip file (PyTorch 1.6 and later), and pickles with the storages behind them.
 *
 * @param root as {@link PickleReader} gives it, tensors as {@link TorchTensor}
 * @param blocks bytes of storages by key
 */
record TorchContent(Object root, Map<String, FileRange> blocks) {
  private static final int LONGEST_PICKLE_BYTES = 64 << 20;
  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long LEGACY_PROTOCOL = 1001;

  static TorchContent read(String path, FileChannel channel) throws IOException {
    byte[] first = new byte[2];
    channel.read(ByteBuffer.wrap(first), 0);
    if (first[0] == 'P' && first[1] == 'K') {
      return zipped(TorchZip.entries(path, channel));
    }
    if (first[0] != (byte) 0x80) {
      throw new CheckpointException("it does not begin like a file of torch.save");
    }
    return legacy(path, channel);
  }

  private static TorchContent zipped(Map<String, FileRange> entries) throws IOException {
    String top = null;
    for (String name : entries.keySet()) {
      int slash = name.indexOf('/');
      if (slash > 0 && name.substring(slash).equals("/data.pkl")) {
        top = name.substring(0, slash);
      }
    }
    if (top == null) {
      throw new CheckpointException("it is a zip file without a data.pkl, not one of torch.save");
    }
    if (entries.containsKey(top + "/constants.pkl")) {
      throw new CheckpointException(
          "it is a TorchScript program, not a state dict: save model.state_dict() instead");
    }
    FileRange order = entries.get(top + "/byteorder");
    if (order != null && !text(order).equals("little")) {
      throw new CheckpointException("it was written with the high byte first, want little-endian");
    }
    FileRange pickle = entries.get(top + "/data.pkl");
    if (pickle.sizeBytes() > LONGEST_PICKLE_BYTES) {
      throw new CheckpointException("its pickle has " + pickle.sizeBytes() + " bytes, want 64 MiB");
    }
    String folder = top + "/data/";
    Map<String, FileRange> blocks = new HashMap<>();
    entries.forEach(
        (name, range) -> {
          if (name.startsWith(folder)) {
            blocks.put(name.substring(folder.length()), range);
          }
        });
    TorchPickle host = new TorchPickle(storage -> check(storage, blocks.get(storage.block())));
    return new TorchContent(new PickleReader(pickle.map(), host).read(), blocks);
  }

  private static String text(FileRange range) throws IOException {
    return StandardCharsets.ISO_8859_1
        .decode(range.part(0, Math.min(16, range.sizeBytes())).map())
        .toString()
        .strip();
  }

  private static void check(TorchStorage storage, FileRange bytes) throws PickleException {
    long present = bytes == null ? -1 : bytes.sizeBytes();
    if (bytes == null || storage.size() > present / storage.type().sizeBytes()) {
      throw new PickleException(
          String.format(
              "it has %s bytes for a storage of %d elements of %s",
              bytes == null ? "no" : Long.toString(present), storage.size(), storage.type()));
    }
  }

  /** Magic number, protocol, platform, root, list of keys; then length and bytes of each. */
  private static TorchContent legacy(String path, FileChannel channel) throws IOException {
    long mapped = Math.min(channel.size(), LONGEST_PICKLE_BYTES);
    ByteBuffer bytes = channel.map(MapMode.READ_ONLY, 0, mapped);
    Map<String, TorchStorage> mentioned = new LinkedHashMap<>();
    PickleReader pickles =
        new PickleReader(bytes, new TorchPickle(storage -> mention(mentioned, storage)));
    boolean magic = LEGACY_MAGIC.equals(pickles.read());
    if (!magic || !Long.valueOf(LEGACY_PROTOCOL).equals(pickles.read())) {
      throw new CheckpointException("it does not begin like a file of torch.save");
    }
    if (pickles.read() instanceof Map<?, ?> platform
        && !Boolean.TRUE.equals(platform.get("little_endian"))) {
      throw new CheckpointException("it was written with the high byte first, want little-endian");
    }
    Object root = pickles.read();
    if (!(pickles.read() instanceof List<?> keys)) {
      throw new CheckpointException("it has no list of storages behind its pickle");
    }
    Map<String, FileRange> blocks = new HashMap<>();
    long at = bytes.position();
    for (Object key : keys) {
      TorchStorage storage = mentioned.remove(key);
      if (storage == null) {
        throw new CheckpointException("it lists a storage that no tensor uses, or one twice");
      }
      FileRange block = legacyBlock(path, channel, at, storage);
      blocks.put(storage.block(), block);
      at = block.offset() + block.sizeBytes();
    }
    if (!mentioned.isEmpty()) {
      throw new CheckpointException("it lacks the bytes of " + mentioned.size() + " storages");
    }
    return new TorchContent(root, blocks);
  }

  private static void mention(Map<String, TorchStorage> mentioned, TorchStorage storage)
      throws PickleException {
    TorchStorage before = mentioned.putIfAbsent(storage.block(), storage);
    if (before != null && !before.equals(storage)) {
      throw new PickleException("it mentions one storage with two types or lengths");
    }
  }

  private static FileRange legacyBlock(
      String path, FileChannel channel, long at, TorchStorage storage) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (length.hasRemaining() && channel.read(length, at + length.position()) >= 0) {
      // a read may stop short
    }
    long left = channel.size() - at - Long.BYTES;
    if (length.hasRemaining() || length.getLong(0) != storage.size()) {
      throw new CheckpointException("its storages do not begin where its pickle ends");
    }
    if (storage.size() > left / storage.type().sizeBytes()) {
      throw new CheckpointException("it was cut off: the last storages are missing");
    }
    long sizeBytes = storage.size() * storage.type().sizeBytes();
    return new FileRange(
        path + ": storage " + storage.block(), channel, at + Long.BYTES, sizeBytes);
  }
}
