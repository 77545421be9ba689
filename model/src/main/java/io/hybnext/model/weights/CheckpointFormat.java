package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;

/** Tells formats of checkpoints apart, by name for folders and indexes, by content for files. */
final class CheckpointFormat {
  private static final String INDEX = ".index.json";
  private static final List<String> USUAL_NAMES =
      List.of(
          "model.safetensors",
          "model.safetensors" + INDEX,
          "pytorch_model.bin",
          "pytorch_model.bin" + INDEX);

  private CheckpointFormat() {}

  static Checkpoint open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return openFolder(path);
    }
    if (path.getFileName() != null && path.getFileName().toString().endsWith(INDEX)) {
      return ShardedCheckpoint.open(path);
    }
    return isTorch(path) ? TorchFile.open(path) : SafetensorsFile.open(path);
  }

  private static Checkpoint openFolder(Path folder) throws IOException {
    for (String name : USUAL_NAMES) {
      if (Files.exists(folder.resolve(name))) {
        return open(folder.resolve(name));
      }
    }
    throw new CheckpointException(
        folder + " holds no checkpoint: want one of " + USUAL_NAMES + ", or give the file itself");
  }

  /** Whether a file begins as {@code torch.save} begins it: a zip file, or a pickle. */
  private static boolean isTorch(Path path) throws IOException {
    byte[] first = new byte[2];
    try (FileChannel channel = channel(path, java.nio.file.StandardOpenOption.READ)) {
      channel.read(ByteBuffer.wrap(first), 0);
    }
    return (first[0] == 'P' && first[1] == 'K') || (first[0] == (byte) 0x80 && first[1] <= 5);
  }

  static FileChannel channel(Path path, OpenOption option) throws IOException {
    try {
      return FileChannel.open(path, option);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(path + ": no such file; check the path", e);
    }
  }
}
