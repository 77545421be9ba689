package io.hybnext.ops.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Where log lines go: warnings to standard error (logback.xml), all of it to a run's folder. */
public final class Logs {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{36} - %msg%n";

  private Logs() {}

  /**
   * Also writes log lines to {@code FOLDER/logs/NAME.log} from now on.
   *
   * @param folder a run's folder
   * @param name of the process, e.g. {@code coordinator} or {@code trainer-1}
   * @throws CommandFailure with a sentence when the folder cannot be written
   */
  public static void toRunFolder(Path folder, String name) {
    Path file = folder.resolve("logs").resolve(name + ".log");
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new CommandFailure(
          "the run's folder "
              + folder
              + " cannot be written ("
              + FileFailure.explain(e)
              + "); name another one, e.g. with --set run.folder=DIR",
          e);
    }
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setName("run-" + name);
    appender.setFile(file.toString());
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  /** Logs our own packages in detail. */
  public static void verbose() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger("io.hybnext").setLevel(Level.DEBUG);
  }
}
