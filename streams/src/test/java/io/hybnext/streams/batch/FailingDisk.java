package io.hybnext.streams.batch;

import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The real disk until it flushes nothing more, or takes only half of what is written. */
final class FailingDisk implements Disk {
  int forcesLeft = Integer.MAX_VALUE;
  boolean writes = true;

  private void force(Forced real) throws IOException {
    if (forcesLeft == 0) {
      throw new IOException("Input/output error");
    }
    forcesLeft--;
    real.run();
  }

  private interface Forced {
    void run() throws IOException;
  }

  @Override
  public boolean exists(Path path) {
    return LOCAL.exists(path);
  }

  @Override
  public boolean isFolder(Path path) {
    return LOCAL.isFolder(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return LOCAL.list(folder);
  }

  @Override
  public long sizeBytes(Path file) throws IOException {
    return LOCAL.sizeBytes(file);
  }

  @Override
  public InputStream open(Path file) throws IOException {
    return LOCAL.open(file);
  }

  @Override
  public void createFolders(Path folder) throws IOException {
    LOCAL.createFolders(folder);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    LOCAL.write(file, content);
  }

  @Override
  public Appender append(Path file, long keepBytes) throws IOException {
    Appender real = LOCAL.append(file, keepBytes);
    return new Appender() {
      @Override
      public void write(byte[] bytes) throws IOException {
        if (!writes) {
          real.write(Arrays.copyOf(bytes, bytes.length / 2));
          throw new IOException("No space left on device");
        }
        real.write(bytes);
      }

      @Override
      public void force() throws IOException {
        FailingDisk.this.force(real::force);
      }

      @Override
      public void truncate(long lengthBytes) throws IOException {
        real.truncate(lengthBytes);
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    LOCAL.move(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    LOCAL.delete(path);
  }

  @Override
  public void force(Path path) throws IOException {
    force(() -> LOCAL.force(path));
  }
}
