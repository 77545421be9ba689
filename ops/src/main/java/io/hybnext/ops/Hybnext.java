package io.hybnext.ops;

import io.hybnext.actors.cluster.Release;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.ops.cli.Console;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.FailureRenderer;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.Interruption;
import io.hybnext.ops.cli.Logs;
import io.hybnext.ops.command.BenchCommand;
import io.hybnext.ops.command.CertificatesCommand;
import io.hybnext.ops.command.CheckpointCommand;
import io.hybnext.ops.command.CompletionCommand;
import io.hybnext.ops.command.DashboardCommand;
import io.hybnext.ops.command.DemoCommand;
import io.hybnext.ops.command.DoctorCommand;
import io.hybnext.ops.command.DrawCommand;
import io.hybnext.ops.command.DriverCommand;
import io.hybnext.ops.command.EncoderCommand;
import io.hybnext.ops.command.EvaluateCommand;
import io.hybnext.ops.command.ExportCommand;
import io.hybnext.ops.command.GateCommand;
import io.hybnext.ops.command.GenerateCommand;
import io.hybnext.ops.command.ImportCommand;
import io.hybnext.ops.command.IngestCommand;
import io.hybnext.ops.command.LineageCommand;
import io.hybnext.ops.command.NodeCommand;
import io.hybnext.ops.command.QuarantineCommand;
import io.hybnext.ops.command.ReportCommand;
import io.hybnext.ops.command.SampleCommand;
import io.hybnext.ops.command.StatusCommand;
import io.hybnext.ops.command.TokenCommand;
import io.hybnext.ops.command.TokenizerCommand;
import io.hybnext.ops.command.TrainCommand;
import io.hybnext.ops.command.TrainerCommand;
import io.hybnext.ops.command.VerifyCommand;
import io.hybnext.ops.command.WithdrawCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The root command and the program's start. */
@Command(
    name = "hybnext",
    description =
        "Trains autoregressive text-to-image models with representation alignment (ARRA).",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    version = "hybnext " + Release.NUMBER,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage or settings",
      "130:ended by Ctrl-C or SIGTERM before it was done"
    },
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      NodeCommand.class,
      IngestCommand.class,
      QuarantineCommand.class,
      WithdrawCommand.class,
      StatusCommand.class,
      LineageCommand.class,
      TokenizerCommand.class,
      EncoderCommand.class,
      GenerateCommand.class,
      EvaluateCommand.class,
      CheckpointCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      VerifyCommand.class,
      BenchCommand.class,
      DoctorCommand.class,
      CertificatesCommand.class,
      DashboardCommand.class,
      TokenCommand.class,
      CompletionCommand.class,
      DriverCommand.class,
      TrainerCommand.class,
      DrawCommand.class,
      GateCommand.class,
      SampleCommand.class,
      ReportCommand.class
    })
public final class Hybnext implements HybnextCommand.Root, Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "One JSON object a line on standard output, nothing else.")
  private boolean json;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Stack traces with failures, detailed log lines.")
  private boolean debug;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private final Interruption interruption = new Interruption();
  private Console console;

  private Hybnext(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /** Runs the command of the arguments and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // numbers look the same everywhere
    boolean terminal = Boolean.getBoolean("hybnext.terminal");
    System.exit(run(System.out, System.err, terminal, arguments));
  }

  /**
   * Runs the command of the arguments within this process.
   *
   * @param out results
   * @param err progress, warnings and failures
   * @param terminal whether {@code err} is a terminal
   * @return the exit code
   */
  public static int run(PrintStream out, PrintStream err, boolean terminal, String... arguments) {
    Hybnext root = new Hybnext(out, err, terminal);
    CommandLine line = new CommandLine(root);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.registerConverter(ComputeDevice.class, told(ComputeDevice::parse));
    line.registerConverter(Precision.class, told(Precision::parse));
    line.setParameterExceptionHandler(
        (wrong, given) -> root.onWrongUsage(wrong, Arrays.asList(given).contains("--json")));
    line.setExecutionExceptionHandler((failure, command, parsed) -> root.onFailure(failure));
    try {
      return line.execute(arguments);
    } catch (Error fatal) { // picocli handles exceptions only
      return root.onFailure(fatal);
    }
  }

  private int onFailure(Throwable failure) {
    if (interruption.happened()) {
      String sentence = "ended before it was done; start it again, nothing is left half-written";
      FailureRenderer.tell(sentence, ExitCode.INTERRUPTED, json, out, err);
      return ExitCode.INTERRUPTED;
    }
    return FailureRenderer.render(failure, json, debug, out, err);
  }

  /** Refuses a value with the parser's own sentence. */
  private static <T> ITypeConverter<T> told(Function<String, T> parser) {
    return value -> {
      try {
        return parser.apply(value);
      } catch (IllegalArgumentException wrong) {
        throw new TypeConversionException(wrong.getMessage());
      }
    };
  }

  private int onWrongUsage(ParameterException wrong, boolean asJson) {
    String help = wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    FailureRenderer.tell(wrong.getMessage() + "; see " + help, ExitCode.USAGE, asJson, out, err);
    return ExitCode.USAGE;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Override
  public synchronized Console console() {
    if (console == null) {
      console = new Console(out, err, json, terminal);
      if (debug) {
        Logs.verbose();
      }
    }
    return console;
  }

  @Override
  public boolean debug() {
    return debug;
  }

  @Override
  public Interruption interruption() {
    return interruption;
  }
}
