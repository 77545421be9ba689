package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.intake.PutAside;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quarantine}: what was put aside, where it lies, and another try. */
@Command(
    name = "quarantine",
    description =
        "Tell what ingestion put aside and why, find the source's own file of a pseudonym, and try"
            + " again.",
    subcommands = {
      QuarantineCommand.Entries.class,
      QuarantineCommand.Show.class,
      QuarantineCommand.Retry.class
    })
public final class QuarantineCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "quarantine: want list, show or retry");
  }

  private static Map<String, Object> describe(Quarantined one) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("origin", one.origin());
    described.put("item", one.item());
    described.put("rule", one.rule().key());
    described.put("reason", one.message());
    return described;
  }

  /** {@code quarantine list}. */
  @Command(
      name = "list",
      description = "What is aside now, the newest first; what was stored since is left out.")
  static final class Entries extends HybnextCommand {
    @Mixin private SettingsOptions options;

    @Option(names = "--rule", paramLabel = "RULE", description = "Only what broke this rule.")
    private String rule;

    @Option(
        names = "--most",
        paramLabel = "N",
        defaultValue = "100",
        description = "At most so many; default: 100.")
    private int most;

    @Override
    protected void run() {
      want(most > 0, "--most", most, "a number from 1");
      QuarantineRule wanted = rule == null ? null : rule();
      List<Quarantined> aside = new PutAside(options.load()).list(wanted, most);
      console().result(Map.of("aside", aside.stream().map(QuarantineCommand::describe).toList()));
    }

    private QuarantineRule rule() {
      Optional<QuarantineRule> known =
          Arrays.stream(QuarantineRule.values()).filter(one -> one.key().equals(rule)).findFirst();
      String all =
          Arrays.stream(QuarantineRule.values())
              .map(QuarantineRule::key)
              .collect(Collectors.joining(", "));
      want(known.isPresent(), "--rule", rule, all);
      return known.get();
    }
  }

  /** {@code quarantine show}. */
  @Command(
      name = "show",
      description =
          "Where something put aside lies in the source (data.source), and which study it says it is"
              + " of. For pseudonyms the key of the store is needed (intake.pseudonym-key). The answer"
              + " may name a person.")
  static final class Show extends HybnextCommand {
    @Mixin private SettingsOptions options;

    @Parameters(
        index = "0",
        paramLabel = "ORIGIN",
        description =
            "As list, ledger, dashboard or log name it: its origin, or the id of the item.")
    private String origin;

    @Override
    protected void run() {
      PutAside aside = new PutAside(options.load());
      Quarantined one =
          aside.list(null, Integer.MAX_VALUE).stream()
              .filter(each -> each.origin().equals(origin) || origin.equals(each.item()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          "nothing named "
                              + origin
                              + " is aside; `quarantine list` tells what is"));
      aside.readSource();
      PutAside.Source source =
          aside
              .source(one)
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          one.origin()
                              + " is not in the source any more, or its pseudonym was made with another"
                              + " key: check data.source and intake.pseudonym-key"));
      Map<String, Object> result = new LinkedHashMap<>(describe(one));
      result.put("source", source.name());
      result.put("file", source.file() == null ? null : source.file().toString());
      result.put("study", source.study().orElse(null));
      console().result(result);
    }
  }

  /** {@code quarantine retry}. */
  @Command(
      name = "retry",
      description =
          "Offer the source to ingestion once more: what is stored is not computed again, what was put"
              + " aside is judged by the settings of now. A server is asked for what is aside, and for"
              + " what came since.")
  static final class Retry extends HybnextCommand {
    @Mixin private SettingsOptions options;

    @Override
    protected void run() throws IOException, InterruptedException {
      HybnextSettings settings = options.load("", Map.of("intake.watch", "false"));
      IngestCommand.ingest(settings, console(), true);
    }

    @Override
    protected boolean takesSignals() {
      return true;
    }
  }
}
