package io.hybnext.actors.simulation;

import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** A simulated disk, for bugs to be planted in. */
class PlantedDisk implements Disk {
  private final SimulatedDisk real;

  PlantedDisk(SimulatedDisk real) {
    this.real = real;
  }

  @Override
  public boolean exists(Path path) {
    return real.exists(path);
  }

  @Override
  public boolean isFolder(Path path) {
    return real.isFolder(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return real.list(folder);
  }

  @Override
  public long sizeBytes(Path file) throws IOException {
    return real.sizeBytes(file);
  }

  @Override
  public InputStream open(Path file) throws IOException {
    return real.open(file);
  }

  @Override
  public void createFolders(Path folder) throws IOException {
    real.createFolders(folder);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    real.write(file, content);
  }

  @Override
  public Appender append(Path file, long keepBytes) throws IOException {
    return real.append(file, keepBytes);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    real.move(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    real.delete(path);
  }

  @Override
  public void force(Path path) throws IOException {
    real.force(path);
  }

  @Override
  public String uniqueName() {
    return real.uniqueName();
  }
}
