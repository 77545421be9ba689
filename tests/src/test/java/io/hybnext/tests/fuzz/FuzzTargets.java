package io.hybnext.tests.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All readers of bytes that others made. */
final class FuzzTargets implements AutoCloseable {
  private final List<FuzzTarget> all = new ArrayList<>();
  private final DataTargets data;

  FuzzTargets(Path folder) throws IOException {
    Path root = Path.of(System.getProperty("hybnext.root", ".."));
    all.addAll(new WeightTargets(root, folder).all());
    all.addAll(new SettingsTargets(root, folder).all());
    data = new DataTargets(root, folder);
    all.addAll(data.all());
    all.addAll(new StoreTargets(folder).all());
    all.addAll(new RunTargets(root, folder).all());
  }

  List<FuzzTarget> all() {
    return all;
  }

  @Override
  public void close() {
    data.close();
  }
}
