package io.hybnext.ops.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.config.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Tells people about a failure: one sentence on standard error, with {@code --json} also a last
 * JSON line on standard output, a stack trace with {@code --debug} only.
 */
public final class FailureRenderer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OWN_PACKAGE = "io.hybnext.";

  private FailureRenderer() {}

  /**
   * Shows a failure.
   *
   * @return the exit code
   */
  public static int render(
      Throwable failure, boolean json, boolean debug, PrintStream out, PrintStream err) {
    Throwable cause = unwrap(failure);
    int exitCode = cause instanceof SettingsException ? ExitCode.USAGE : ExitCode.FAILED;
    if (debug) {
      failure.printStackTrace(err);
    }
    tell(sentence(cause), exitCode, json, out, err);
    return exitCode;
  }

  /** Shows a sentence, with {@code --json} also as a line of standard output. */
  public static void tell(
      String sentence, int exitCode, boolean json, PrintStream out, PrintStream err) {
    err.println("hybnext: " + sentence);
    if (json) {
      out.println(line(sentence, exitCode));
    }
    out.flush();
    err.flush();
  }

  /** The sentence for a failure, expected or not; one line, whatever names it quotes. */
  public static String sentence(Throwable failure) {
    return told(failure).replaceAll("\\v+", " ");
  }

  private static String told(Throwable failure) {
    Throwable cause = unwrap(failure);
    String message = cause.getMessage();
    if (cause instanceof NoSuchFileException) {
      return message + " does not exist; check the path";
    } else if (cause instanceof AccessDeniedException) {
      return message + " may not be read or written by this user; check its permissions";
    } else if (cause instanceof FileAlreadyExistsException) {
      return message + " exists already and is not a folder that could be used";
    } else if (cause instanceof NotDirectoryException) {
      return message + " is a file; name a folder";
    } else if (cause instanceof FileSystemException file) {
      return file.getFile() + ": " + file.getReason() + space(file.getReason());
    } else if (message != null && isExpected(cause)) {
      return message + space(message);
    } else if (cause instanceof OutOfMemoryError) {
      return "out of memory ("
          + message
          + "); give more with HYBNEXT_JAVA_OPTS=-Xmx2g, or use smaller batches";
    }
    return "unexpected problem: "
        + cause.getClass().getSimpleName()
        + (message == null ? "" : ": " + message.lines().findFirst().orElse(""))
        + "; run the command again with --debug for details";
  }

  /** Our own exceptions carry sentences; so do I/O errors. */
  private static boolean isExpected(Throwable cause) {
    return cause.getClass().getName().startsWith(OWN_PACKAGE) || cause instanceof IOException;
  }

  private static String space(String message) {
    boolean full = message != null && message.contains("No space left on device");
    return full ? "; free some space or choose another folder, what is done so far is kept" : "";
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof CompletionException
            || cause instanceof ExecutionException
            || cause instanceof UncheckedIOException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String line(String sentence, int exitCode) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "failure");
    fields.put("message", sentence);
    fields.put("exit_code", exitCode);
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException defect) {
      throw new IllegalStateException(defect);
    }
  }
}
