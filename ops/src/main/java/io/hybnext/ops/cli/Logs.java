package io.hybnext.ops.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.hybnext.config.RunSettings;
import io.hybnext.config.RunSettings.LogFormat;
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
   * Also writes log lines to {@code FOLDER/logs/NAME.log} from now on, in the run's format.
   *
   * @param run names the folder and the format
   * @param name of the process, e.g. {@code coordinator} or {@code trainer-1}
   * @throws CommandFailure with a sentence when the folder cannot be written
   */
  public static void toRunFolder(RunSettings run, String name) {
    Path folder = run.folder();
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
    field("member", name);
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setName("run-" + name);
    appender.setFile(file.toString());
    appender.setEncoder(encoder(run.logFormat(), context));
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  private static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext context) {
    if (format == LogFormat.JSON) {
      JsonLogEncoder json = new JsonLogEncoder();
      json.setContext(context);
      json.start();
      return json;
    }
    PatternLayoutEncoder text = new PatternLayoutEncoder();
    text.setContext(context);
    text.setPattern(PATTERN);
    text.start();
    return text;
  }

  /** Lines in JSON have this field from now on, whatever thread they come from. */
  public static void field(String name, Object value) {
    JsonLogEncoder.field(name, value);
  }

  /** Logs our own packages in detail. */
  public static void verbose() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger("io.hybnext").setLevel(Level.DEBUG);
  }
}
