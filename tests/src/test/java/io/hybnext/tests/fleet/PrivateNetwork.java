package io.hybnext.tests.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The network of a namespace that belongs to this program alone: packets can be kept from leaving
 * or reaching a process, and datagrams from arriving, by routing rules. Not thread-safe.
 */
public final class PrivateNetwork {
  private static final int RULE = 10;
  private static final Path SOCKETS = Path.of("/proc/net/tcp");
  private static final Path SOCKETS_6 = Path.of("/proc/net/tcp6");

  private final List<List<String>> rules = new ArrayList<>();

  /**
   * Makes the namespace's loopback usable.
   *
   * @throws IOException with a sentence when this is not allowed
   */
  public static PrivateNetwork prepare() throws IOException, InterruptedException {
    ip(List.of("link", "set", "lo", "up"));
    // Local addresses are looked up first of all, unless that rule comes later than ours.
    ip(List.of("rule", "add", "pref", "100", "from", "all", "lookup", "local"));
    ip(List.of("rule", "del", "pref", "0"));
    return new PrivateNetwork();
  }

  /**
   * Drops what a process sends over TCP, or what is sent to it.
   *
   * @param outgoing what it sends; otherwise what it would get
   */
  public void cut(Jvm process, boolean outgoing) throws IOException, InterruptedException {
    for (int port : ports(process.pid())) {
      add(List.of("ipproto", "tcp", outgoing ? "sport" : "dport", Integer.toString(port)));
    }
  }

  /** Drops all datagrams to a port. */
  public void dropDatagrams(int port) throws IOException, InterruptedException {
    add(List.of("ipproto", "udp", "dport", Integer.toString(port)));
  }

  private void add(List<String> selector) throws IOException, InterruptedException {
    rule("add", selector);
    rules.add(selector);
  }

  private static void rule(String verb, List<String> selector)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("rule", verb, "pref", RULE + ""));
    arguments.addAll(selector);
    arguments.add("blackhole");
    ip(arguments);
  }

  /** Lets everything pass again. */
  public void heal() throws IOException, InterruptedException {
    for (List<String> selector : rules) {
      rule("del", selector);
    }
    rules.clear();
  }

  private static void ip(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(arguments);
    Process ip = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (ip.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + said);
    }
  }

  /** Local TCP ports of a process. */
  private static Set<Integer> ports(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files) {
        String target = linkOf(file);
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (Path table : List.of(SOCKETS, SOCKETS_6)) {
      for (String line : Files.readAllLines(table)) {
        List<String> fields = List.of(line.strip().split("\\s+", -1));
        if (fields.size() > 9 && inodes.contains(fields.get(9))) {
          String local = fields.get(1);
          ports.add(Integer.parseInt(local.substring(local.indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }

  private static String linkOf(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException closed) { // meanwhile
      return "";
    }
  }
}
