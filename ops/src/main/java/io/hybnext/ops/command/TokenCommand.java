package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.http.AccessTokens;
import io.hybnext.ops.http.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code token}: who may use the dashboard. */
@Command(
    name = "token",
    description = "Make and take away tokens that open the dashboard; a file keeps hashes of them.",
    subcommands = {TokenCommand.Add.class, TokenCommand.Remove.class, TokenCommand.Names.class})
public final class TokenCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Where the tokens are. */
  static final class FileOption {
    @Option(
        names = "--file",
        paramLabel = "FILE",
        defaultValue = "tokens.json",
        description = "File that dashboard.tokens names; default: tokens.json.")
    private Path file;

    AccessTokens tokens() {
      return new AccessTokens(file);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "token: want add, remove or list");
  }

  /** {@code token add}. */
  @Command(
      name = "add",
      description =
          "Make a token and show it, this once. A dashboard that runs knows it at once. A name that"
              + " has a token gets another one.")
  static final class Add extends HybnextCommand {
    @Mixin private FileOption file;

    @Parameters(index = "0", paramLabel = "NAME", description = "Whose it is, for the audit log.")
    private String name;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        defaultValue = "viewer",
        description = "viewer looks, operator also acts; default: viewer.")
    private String role;

    @Override
    protected void run() {
      want(name.matches("[A-Za-z0-9@._-]{1,64}"), "NAME", name, "letters, digits, @ . _ -");
      Role given = checked(() -> Role.of(role));
      String token = file.tokens().add(name, given);
      console().result(Map.of("name", name, "role", given.key(), "token", token));
    }
  }

  /** {@code token remove}. */
  @Command(name = "remove", description = "Take a token away; it opens nothing from then on.")
  static final class Remove extends HybnextCommand {
    @Mixin private FileOption file;

    @Parameters(index = "0", paramLabel = "NAME", description = "Whose it is.")
    private String name;

    @Override
    protected void run() {
      if (!file.tokens().remove(name)) {
        throw new CommandFailure("there is no token of " + name + "; `token list` names them");
      }
      console().result(Map.of("removed", name));
    }
  }

  /** {@code token list}. */
  @Command(name = "list", description = "Tell whose tokens there are.")
  static final class Names extends HybnextCommand {
    @Mixin private FileOption file;

    @Override
    protected void run() {
      List<String> names =
          file.tokens().entries().stream()
              .map(entry -> entry.name() + " " + entry.role() + " since " + entry.createdAt())
              .toList();
      console().result(Map.of("tokens", names));
    }
  }
}
