package io.hybnext.actors.lifeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process of this machine, as Linux shows it in {@code /proc}: whether it was stopped is a fact
 * there, not a guess from silence. Elsewhere, and for processes of other machines, there is nothing
 * to see.
 */
final class LocalProcess {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
  private static final String UNSEEN = "-";

  private final Path stat;

  private LocalProcess(long pid) {
    stat = Path.of("/proc/" + pid + "/stat");
  }

  /** Names this process to others: one word, {@code BOOT/NAMESPACE/PID}, or {@code -}. */
  static String self() {
    return machine().map(of -> of + "/" + ProcessHandle.current().pid()).orElse(UNSEEN);
  }

  /** The process of that name, when it is one of this machine and of this process's namespace. */
  static Optional<LocalProcess> of(String name) {
    int slash = name.lastIndexOf('/');
    if (slash < 0 || !name.substring(slash + 1).matches("[0-9]{1,10}")) {
      return Optional.empty();
    }
    return machine()
        .filter(here -> here.equals(name.substring(0, slash)))
        .map(here -> new LocalProcess(Long.parseLong(name.substring(slash + 1))));
  }

  private static Optional<String> machine() {
    try {
      String boot = Files.readString(BOOT, StandardCharsets.US_ASCII).strip();
      return Optional.of(boot + "/" + Files.readSymbolicLink(NAMESPACE));
    } catch (IOException | UnsupportedOperationException | SecurityException notLinux) {
      return Optional.empty();
    }
  }

  /** What it does now. */
  Sight look() {
    try {
      String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
      int end = line.lastIndexOf(')'); // of its name, which may contain anything
      char state = end + 2 < line.length() ? line.charAt(end + 2) : '?';
      return state == 'T' || state == 't' ? Sight.STOPPED : Sight.RUNNING;
    } catch (IOException gone) {
      return Sight.UNKNOWN; // its connection tells
    }
  }
}
