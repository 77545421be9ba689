package io.hybnext.ops.cli;

import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Ctrl-C and SIGTERM: the first asks the work to end cleanly, the second ends the process at once.
 *
 * <p>A JVM shutdown hook cannot tell the second from the first, so this takes the signals
 * themselves, through {@code sun.misc.Signal} of module jdk.unsupported, by reflection because the
 * compiler warns about any other use of it.
 */
public final class StopRequest {
  private static final String[] SIGNALS = {"INT", "TERM"};

  private final CompletableFuture<Void> asked = new CompletableFuture<>();

  /** A request that only {@link #ask} makes. */
  public StopRequest() {}

  /** Listens to the signals of this process from now on and tells people what happens. */
  public static StopRequest onSignals(PrintStream err) {
    StopRequest request = new StopRequest();
    handle(signal -> request.onSignal(err));
    return request;
  }

  /**
   * Takes no notice of Ctrl-C: for child processes, which a terminal signals together with their
   * parent and which end when the parent tells them to.
   */
  public static void ignoreInterrupt() {
    handle(signal -> {}, "INT");
  }

  /** Asks the work to end. */
  public void ask() {
    asked.complete(null);
  }

  /** Whether the work was asked to end. */
  public boolean asked() {
    return asked.isDone();
  }

  /** Completes when the work is asked to end. */
  public CompletionStage<Void> whenAsked() {
    return asked.minimalCompletionStage();
  }

  private void onSignal(PrintStream err) {
    if (!asked.complete(null)) { // signals come on threads of their own, perhaps two at a time
      endAtOnce(err);
    }
    err.println("hybnext: stopping cleanly; Ctrl-C again ends at once");
  }

  static void endAtOnce(PrintStream err) {
    err.println("hybnext: ended at once");
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
  }

  static void handle(Consumer<Object> onSignal) {
    handle(onSignal, SIGNALS);
  }

  private static void handle(Consumer<Object> onSignal, String... names) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  onSignal.accept(arguments[0]);
                }
                return null;
              });
      for (String name : names) {
        Object instance = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, instance, proxy);
      }
    } catch (ReflectiveOperationException absent) {
      // A virtual machine without these signals ends at the first Ctrl-C; checkpoints stay valid.
      org.slf4j.LoggerFactory.getLogger(StopRequest.class)
          .warn("Ctrl-C ends at once on this virtual machine: {}", absent.toString());
    }
  }
}
