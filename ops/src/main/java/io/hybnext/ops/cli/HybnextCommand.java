package io.hybnext.ops.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command: reads options, calls a service, shows the result. */
public abstract class HybnextCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  /** Implemented by the root command, which knows the global options. */
  public interface Root {
    /** Where output goes. */
    Console console();

    /** Whether {@code --debug} was given. */
    boolean debug();

    /** What signals do to commands that do not take them themselves. */
    Interruption interruption();
  }

  /** Does the work; failures are exceptions, see {@link FailureRenderer}. */
  protected abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    if (!takesSignals()) {
      root().interruption().interrupt(Thread.currentThread(), console().err());
    }
    run();
    return exitCode();
  }

  /**
   * Whether it ends in good order by itself when the process is told to; false unless overridden.
   */
  protected boolean takesSignals() {
    return false;
  }

  /** What to end with when {@link #run} came to its end; 0 unless overridden. */
  protected int exitCode() {
    return ExitCode.DONE;
  }

  /**
   * Makes settings of options.
   *
   * @param settings refuses impossible values with an {@link IllegalArgumentException} whose
   *     message names value and rule; to people it is wrong usage
   */
  protected final <T> T checked(Supplier<T> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
    }
  }

  /**
   * Refuses an impossible value of an option as wrong usage.
   *
   * @param option as it is typed, such as {@code --count}
   */
  protected final void want(boolean possible, String option, Object value, String rule) {
    if (!possible) {
      throw new ParameterException(spec.commandLine(), option + " " + value + ": want " + rule);
    }
  }

  /** Where output goes. */
  protected final Console console() {
    return root().console();
  }

  /** Whether {@code --debug} was given. */
  protected final boolean debug() {
    return root().debug();
  }

  private Root root() {
    return (Root) spec.root().userObject();
  }
}
