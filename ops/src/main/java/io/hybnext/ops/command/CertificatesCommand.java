package io.hybnext.ops.command;

import io.hybnext.ops.certificates.DevelopmentCertificates;
import io.hybnext.ops.cli.HybnextCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code certificates}: what members on several hosts prove with who they are. */
@Command(
    name = "certificates",
    description =
        "Make an authority and a certificate for each host, for clusters over several machines:"
            + " DIR/HOST goes to that host, and cluster.certificates names it there. DIR/ca.key"
            + " stays where it is. The same command with more hosts adds theirs.")
public final class CertificatesCommand extends HybnextCommand {
  private static final String HOST = "[0-9A-Za-z][0-9A-Za-z.:-]*|::1";

  @Spec private CommandSpec usage;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of them all.")
  private Path out;

  @Option(
      names = "--hosts",
      paramLabel = "HOST",
      required = true,
      split = ",",
      description = "Names or addresses, as cluster.host gives them; separated by commas.")
  private List<String> hosts;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "365",
      description = "How long they are valid, 1 to 3650; default: 365.")
  private int days;

  @Override
  protected void run() throws IOException, InterruptedException {
    if (days < 1 || days > 3650) {
      throw new ParameterException(usage.commandLine(), "--days = " + days + ": want 1 to 3650");
    }
    for (String host : hosts) {
      if (!host.matches(HOST)) {
        throw new ParameterException(
            usage.commandLine(), "--hosts = " + host + ": want names or addresses of hosts");
      }
    }
    List<Path> folders = new DevelopmentCertificates(out).make(hosts, days);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("authority", out.resolve("ca.crt").toString());
    result.put("folders", folders.stream().map(Path::toString).toList());
    console().result(result);
  }
}
