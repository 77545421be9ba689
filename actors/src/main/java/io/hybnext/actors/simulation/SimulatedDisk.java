package io.hybnext.actors.simulation;

import io.hybnext.actors.simulation.DiskTrouble.Operation;
import io.hybnext.actors.simulation.DiskTrouble.Outcome;
import io.hybnext.file.Disk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A disk in memory, for absolute paths, that forgets at a loss of power what was not flushed, in
 * the ways that file systems may: changes of names are kept up to some point in their order,
 * contents are old, new, cut short or half zeros. A process that ends takes nothing with it but the
 * rest of what it was writing. Operations fail and processes end in them as a {@link DiskTrouble}
 * says.
 */
final class SimulatedDisk implements Disk {
  /** A file or folder, whatever its name is. */
  abstract static class Node {}

  private static final class FolderNode extends Node {
    final Map<String, Node> names = new TreeMap<>();
    final Map<String, Node> safe = new TreeMap<>();
  }

  /** A name that was given or taken and is not on the device yet. */
  private record NameChange(FolderNode folder, String name, Node node) {
    void settle() {
      if (node == null) {
        folder.safe.remove(name);
      } else {
        folder.safe.put(name, node);
      }
    }
  }

  private final FolderNode root = new FolderNode();
  private final List<NameChange[]> pending = new ArrayList<>(); // each all or nothing
  private final Chance chance;
  private DiskTrouble trouble = DiskTrouble.NONE;
  private long operations;
  private long uniqueNames;

  /**
   * An empty disk.
   *
   * @param chance decides what a loss of power leaves
   */
  SimulatedDisk(Chance chance) {
    this.chance = chance;
  }

  /** Sets what becomes of operations from now on. */
  void trouble(DiskTrouble next) {
    trouble = next;
  }

  /** Number of operations so far that changed something, or tried to. */
  long operations() {
    return operations;
  }

  /** The power is lost: what comes back is what was flushed, and some of the rest. */
  void losePower() {
    int kept = chance.below(pending.size() + 1);
    pending.subList(0, kept).forEach(SimulatedDisk::settle);
    pending.clear();
    comeBack(root);
  }

  private static void settle(NameChange[] together) {
    for (NameChange change : together) {
      change.settle();
    }
  }

  private void comeBack(FolderNode folder) {
    folder.names.clear();
    folder.names.putAll(folder.safe);
    for (Node node : folder.names.values()) {
      if (node instanceof FolderNode below) {
        comeBack(below);
      } else if (node instanceof SimulatedFile file && !file.isSafe()) {
        file.comeBack(chance);
      }
    }
  }

  /** Returns whether the process lives on after it. */
  private boolean begins(Operation operation, Path path) throws IOException {
    switch (trouble.of(operation, operations++)) {
      case FAILS:
        throw new FileSystemException(path.toString(), null, "Input/output error");
      case CRASH_BEFORE:
        throw new SimulatedCrash("before " + operation + " of " + path);
      case CRASH_WITHIN:
        return false;
      default:
        return true;
    }
  }

  /** The second half of an operation in which the process ends. */
  private static void crashWithin(boolean goesOn, Operation operation, Path path) {
    if (!goesOn) {
      throw new SimulatedCrash("within " + operation + " of " + path);
    }
  }

  private Node find(Path path) {
    String text = path.toString(); // cut here: names of a Path cost much more
    Node node = root;
    for (int from = 1; from < text.length(); ) {
      if (!(node instanceof FolderNode folder)) {
        return null;
      }
      int slash = text.indexOf('/', from);
      int end = slash < 0 ? text.length() : slash;
      node = folder.names.get(text.substring(from, end));
      from = end + 1;
    }
    return node;
  }

  private FolderNode folder(Path path) throws IOException {
    if (find(path) instanceof FolderNode folder) {
      return folder;
    }
    throw new NoSuchFileException(path.toString());
  }

  private SimulatedFile file(Path path) throws IOException {
    if (find(path) instanceof SimulatedFile file) {
      return file;
    }
    throw new NoSuchFileException(path.toString());
  }

  private void change(NameChange... together) {
    for (NameChange change : together) {
      if (change.node == null) {
        change.folder.names.remove(change.name);
      } else {
        change.folder.names.put(change.name, change.node);
      }
    }
    pending.add(together);
  }

  private static String name(Path path) {
    String text = path.toString();
    return text.substring(text.lastIndexOf('/') + 1);
  }

  @Override
  public boolean exists(Path path) {
    return find(path) != null;
  }

  @Override
  public boolean isFolder(Path path) {
    return find(path) instanceof FolderNode;
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    List<Path> children = new ArrayList<>();
    for (String name : folder(folder).names.keySet()) {
      children.add(folder.resolve(name));
    }
    return children;
  }

  @Override
  public long sizeBytes(Path file) throws IOException {
    return file(file).length();
  }

  @Override
  public InputStream open(Path file) throws IOException {
    SimulatedFile found = file(file);
    return new ByteArrayInputStream(found.content(), 0, found.length());
  }

  @Override
  public void createFolders(Path folder) throws IOException {
    if (isFolder(folder)) {
      return;
    }
    createFolders(folder.getParent());
    boolean goesOn = begins(Operation.FOLDER, folder);
    change(new NameChange(folder(folder.getParent()), name(folder), new FolderNode()));
    crashWithin(goesOn, Operation.FOLDER, folder);
  }

  @Override
  public void write(Path path, byte[] content) throws IOException {
    FolderNode folder = folder(path.getParent());
    SimulatedFile file;
    if (folder.names.get(name(path)) instanceof SimulatedFile old) {
      file = old;
    } else {
      file = new SimulatedFile();
    }
    write(
        path,
        content.length,
        length -> {
          if (folder.names.get(name(path)) != file) {
            change(new NameChange(folder, name(path), file));
          }
          file.replace(content, length);
        });
  }

  /** Takes the first bytes of what is written. */
  private interface Taking {
    void take(int length);
  }

  private void write(Path path, int length, Taking taking) throws IOException {
    Outcome outcome = trouble.of(Operation.WRITE, operations++);
    if (outcome == Outcome.CRASH_BEFORE) {
      throw new SimulatedCrash("before WRITE of " + path);
    }
    taking.take(outcome == Outcome.DONE ? length : chance.below(length + 1));
    if (outcome == Outcome.FAILS) {
      throw new FileSystemException(path.toString(), null, "No space left on device");
    }
    crashWithin(outcome == Outcome.DONE, Operation.WRITE, path);
  }

  @Override
  public Appender append(Path path, long keepBytes) throws IOException {
    FolderNode folder = folder(path.getParent());
    SimulatedFile file;
    if (folder.names.get(name(path)) instanceof SimulatedFile old) {
      file = old;
    } else {
      boolean goesOn = begins(Operation.FOLDER, path);
      file = new SimulatedFile();
      change(new NameChange(folder, name(path), file));
      crashWithin(goesOn, Operation.FOLDER, path);
    }
    file.truncate((int) keepBytes);
    return new Appending(path, file);
  }

  private final class Appending implements Appender {
    private final Path path;
    private final SimulatedFile file;

    Appending(Path path, SimulatedFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      SimulatedDisk.this.write(path, bytes.length, length -> file.append(bytes, length));
    }

    @Override
    public void force() throws IOException {
      SimulatedDisk.this.force(path, file);
    }

    @Override
    public void truncate(long lengthBytes) {
      file.truncate((int) lengthBytes);
    }

    @Override
    public void close() {}
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Node node = find(from);
    if (node == null) {
      throw new NoSuchFileException(from.toString());
    }
    FolderNode target = folder(to.getParent());
    if (target.names.get(name(to)) instanceof FolderNode used && !used.names.isEmpty()) {
      throw new DirectoryNotEmptyException(to.toString());
    }
    boolean goesOn = begins(Operation.MOVE, to);
    change(
        new NameChange(folder(from.getParent()), name(from), null),
        new NameChange(target, name(to), node));
    crashWithin(goesOn, Operation.MOVE, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    Node node = find(path);
    if (node == null) {
      return;
    }
    if (node instanceof FolderNode used && !used.names.isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    boolean goesOn = begins(Operation.DELETE, path);
    change(new NameChange(folder(path.getParent()), name(path), null));
    crashWithin(goesOn, Operation.DELETE, path);
  }

  @Override
  public void force(Path path) throws IOException {
    Node node = find(path);
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    force(path, node);
  }

  private void force(Path path, Node node) throws IOException {
    boolean goesOn = begins(Operation.FORCE, path);
    if (node instanceof SimulatedFile file) {
      file.flush();
    } else {
      settleUpTo((FolderNode) node);
    }
    crashWithin(goesOn, Operation.FORCE, path);
  }

  /** Names reach the device in their order, so those before go with them. */
  private void settleUpTo(FolderNode folder) {
    int end = 0;
    for (int i = 0; i < pending.size(); i++) {
      for (NameChange change : pending.get(i)) {
        end = change.folder == folder ? i + 1 : end;
      }
    }
    List<NameChange[]> settled = pending.subList(0, end);
    settled.forEach(SimulatedDisk::settle);
    settled.clear();
  }

  @Override
  public String uniqueName() {
    return Long.toString(uniqueNames++);
  }
}
