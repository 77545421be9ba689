package io.hybnext.tests.health;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Faults inside of a Java process that knows nothing of them: an agent is loaded into it, which is
 * this class, too.
 */
public final class InnerFault {
  private static final int BLOCK_BYTES = 1 << 18;
  private static final double FULL = 0.955;

  private InnerFault() {}

  /**
   * What the agent does.
   *
   * @param order {@code suspend NAME}, {@code resume NAME} of a thread, or {@code fill SECONDS} for
   *     the heap
   */
  public static void agentmain(String order) throws ReflectiveOperationException {
    String about = order.substring(order.indexOf(' ') + 1);
    if (order.startsWith("fill")) {
      Thread hog = new Thread(() -> fill(Long.parseLong(about)), "injected-hog");
      hog.setDaemon(true);
      hog.start();
    } else {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals(about)) {
          // There until Java 20; called by name because compilers rightly warn of it.
          Thread.class.getMethod(order.substring(0, order.indexOf(' '))).invoke(thread);
        }
      }
    }
  }

  private static void fill(long seconds) {
    List<byte[]> held = new ArrayList<>();
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    long room = (long) (FULL * runtime.maxMemory()) - runtime.totalMemory() + runtime.freeMemory();
    for (long bytes = 0; bytes < room; bytes += BLOCK_BYTES) {
      held.add(new byte[BLOCK_BYTES]);
    }
    System.gc();
    try {
      Thread.sleep(1000 * seconds);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    Reference.reachabilityFence(held);
    held.clear();
    System.gc();
  }

  /**
   * Makes the jar that an agent is loaded from; its class is found on the process's class path.
   *
   * @param folder for it
   */
  static Path jar(Path folder) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Agent-Class", InnerFault.class.getName());
    Path jar = folder.resolve("agent.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.finish();
    }
    return jar;
  }

  /**
   * Loads the agent into a process.
   *
   * @throws IOException with a sentence when it does not let it
   */
  static void inject(Path jar, long pid, String order) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        machine.loadAgent(jar.toString(), order);
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException
        | AgentLoadException
        | AgentInitializationException refused) {
      throw new IOException("process " + pid + " takes no agent: " + refused, refused);
    }
  }
}
