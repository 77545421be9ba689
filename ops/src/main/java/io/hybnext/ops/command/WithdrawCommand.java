package io.hybnext.ops.command;

import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.intake.LedgerService;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code withdraw}: keep a study out of every later batch. */
@Command(
    name = "withdraw",
    description =
        "Keep a study out of every later batch, of runs that go on too, and its later images out of the"
            + " store. What was trained on it before is told by lineage.")
public final class WithdrawCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Parameters(
      index = "0",
      paramLabel = "STUDY",
      description = "Study Instance UID, its pseudonym, or the id of an item.")
  private String study;

  @Override
  protected void run() {
    LedgerService.Withdrawn done = new LedgerService(options.load()).withdraw(study);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("study", done.study());
    result.put("new", done.isNew());
    result.put("items", done.items());
    if (done.items() == 0) {
      console()
          .progress()
          .note(
              "no stored item belongs to it: check the UID, and that intake.pseudonym-key names the"
                  + " key that the store was made with; what comes later is kept out");
    }
    console().result(result);
  }
}
