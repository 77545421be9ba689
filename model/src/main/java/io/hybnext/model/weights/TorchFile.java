package io.hybnext.model.weights;

import io.hybnext.model.weights.pickle.PickleException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state dict in a file of {@code torch.save} ({@code .pt}, {@code .pth}, {@code .ckpt}, {@code
 * .bin}). Nothing in the file is run: tensors and plain containers are rebuilt, any other name is
 * refused. Only the pickle is read when it is opened; tensors are views of the mapped file. Safe
 * for use by several threads.
 */
public final class TorchFile implements Checkpoint {
  /** Where LlamaGen's samplers look for the weights, in this order; then the root itself. */
  public static final List<String> MODEL_FIRST = List.of("model", "module", "state_dict", "ema");

  /** Where LlamaGen's tokenizer demo looks for them: the running average counts first. */
  public static final List<String> EMA_FIRST = List.of("ema", "model", "module", "state_dict");

  private final Path path;
  private final FileChannel channel;
  private final TorchContent content;
  private final String choice;
  private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();
  private final List<String> others = new ArrayList<>();

  private TorchFile(Path path, FileChannel channel, TorchContent content, List<String> preference)
      throws CheckpointException {
    this.path = path;
    this.channel = channel;
    this.content = content;
    if (!(content.root() instanceof Map<?, ?> root)) {
      throw new CheckpointException("it holds no dictionary, so it has no state dict");
    }
    this.choice =
        preference.stream()
            .filter(key -> root.get(key) instanceof Map<?, ?> inner && holdsTensor(inner))
            .findFirst()
            .orElse("");
    Map<?, ?> state = choice.isEmpty() ? root : (Map<?, ?>) root.get(choice);
    if (!holdsTensor(state)) {
      throw new CheckpointException(
          "it holds no state dict: want one under " + preference + " or as the whole");
    }
    state.forEach(this::add);
    if (!choice.isEmpty()) {
      root.keySet().stream()
          .map(String::valueOf)
          .filter(k -> !k.equals(choice))
          .forEach(others::add);
    }
  }

  private static boolean holdsTensor(Map<?, ?> map) {
    return map.values().stream().anyMatch(TorchTensor.class::isInstance);
  }

  private void add(Object key, Object value) {
    String name = String.valueOf(key);
    if (key instanceof String && value instanceof TorchTensor tensor) {
      tensors.put(name, tensor);
      entries.put(name, TensorEntry.of(name, tensor.type(), tensor.shape()));
    } else {
      others.add(name);
    }
  }

  /**
   * Opens a file and takes the state dict as LlamaGen's samplers do, see {@link #MODEL_FIRST}.
   *
   * @throws CheckpointException when it is missing, damaged, holds no state dict, or asks for
   *     anything but tensors and plain containers, which it names
   */
  public static TorchFile open(Path path) throws IOException {
    return open(path, MODEL_FIRST);
  }

  /**
   * Opens a file and takes the first state dict of some keys; see {@link #open(Path)}.
   *
   * @param preference keys of the root; when none has a state dict, the root must be one
   */
  public static TorchFile open(Path path, List<String> preference) throws IOException {
    FileChannel channel = CheckpointFormat.channel(path, StandardOpenOption.READ);
    try {
      TorchContent content = TorchContent.read(path.toString(), channel);
      return new TorchFile(path, channel, content, preference);
    } catch (CheckpointException | PickleException defect) {
      channel.close();
      throw new CheckpointException(
          path + " cannot be read as a PyTorch checkpoint: " + defect.getMessage(), defect);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The key whose state dict was taken; empty when the whole file is one. */
  public String choice() {
    return choice;
  }

  /** Names of what lies beside the tensors, e.g. {@code optimizer} and {@code args}; not read. */
  public List<String> others() {
    return Collections.unmodifiableList(others);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, TensorEntry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public ByteBuffer data(String name) throws IOException {
    TensorEntry entry = entry(name);
    TorchTensor tensor = tensors.get(name);
    if (tensor.contiguous()) {
      return range(tensor).map();
    }
    if (entry.sizeBytes() > Integer.MAX_VALUE) {
      throw new CheckpointException(
          path + ": tensor '" + name + "' has " + entry.sizeBytes() + " bytes, want below 2 GiB");
    }
    ByteBuffer all =
        ByteBuffer.allocateDirect((int) entry.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    stream(name, all::put);
    return all.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void stream(String name, PieceSink sink) throws IOException {
    entry(name);
    TorchTensor tensor = tensors.get(name);
    if (tensor.contiguous()) {
      range(tensor).stream(sink);
    } else {
      gather(tensor, sink);
    }
  }

  /** The bytes from a tensor's first element to its last one. */
  private FileRange range(TorchTensor tensor) {
    long width = tensor.type().sizeBytes();
    return content
        .blocks()
        .get(tensor.storage().block())
        .part(tensor.begin() * width, tensor.extent() * width);
  }

  private void gather(TorchTensor tensor, PieceSink sink) throws IOException {
    int width = tensor.type().sizeBytes();
    ByteBuffer from = range(tensor).map();
    ByteBuffer piece = ByteBuffer.allocate(FileRange.PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    TorchTensor.Places places = tensor.new Places();
    for (long done = 0; done < tensor.size(); done++) {
      int at = (int) places.next() * width;
      piece.put(piece.position(), from, at, width).position(piece.position() + width);
      if (!piece.hasRemaining()) {
        sink.take(piece.flip());
        piece.clear();
      }
    }
    if (piece.position() > 0) {
      sink.take(piece.flip());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
