package io.hybnext.ops.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.LedgerSettings;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.deidentify.PseudonymKey;
import io.hybnext.streams.ledger.ItemLedger;
import io.hybnext.streams.ledger.LedgerDatabase;
import io.hybnext.streams.ledger.Lineage;
import io.hybnext.streams.ledger.MirroredLedger;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.Ledger;
import io.hybnext.streams.store.Withdrawal;
import io.hybnext.streams.store.Withdrawals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The ledger's database that settings name: mirroring, withdrawals, lineage. */
public final class LedgerService {
  private static final String UID = "\\d+(\\.\\d+)+";
  private static final String PSEUDONYM = "2.25.";

  private final HybnextSettings settings;
  private final LedgerDatabase database;
  private final ItemLedger items;
  private final Withdrawals withdrawals;

  /**
   * Opens nothing yet.
   *
   * @throws io.hybnext.config.SettingsException when the password's file cannot be read
   */
  public LedgerService(HybnextSettings settings) {
    this.settings = settings;
    database = database(settings);
    items = new ItemLedger(database, Instant::now);
    withdrawals = new Withdrawals(settings.data().store());
  }

  /**
   * The database that settings name; not opened.
   *
   * @throws SettingsException when the password's file cannot be read
   */
  public static LedgerDatabase database(HybnextSettings settings) {
    LedgerSettings ledger = settings.ledger();
    if (ledger.url().isEmpty()) {
      return LedgerDatabase.ofStore(settings.data().store());
    }
    String password = PasswordFile.read("ledger.password-file", ledger.passwordFile());
    return new LedgerDatabase(ledger.url(), ledger.user(), password);
  }

  /** A store's ledger with this database behind it. */
  public Ledger mirrored(Ledger file) {
    return new MirroredLedger(file, items, withdrawals);
  }

  /**
   * A withdrawal.
   *
   * @param study as items name it
   * @param isNew false when it was withdrawn before
   * @param items stored ones that it covers
   */
  public record Withdrawn(String study, boolean isNew, int items) {}

  /**
   * Withdraws a study. It is in no batch that is asked for from now on, on any machine that sees
   * the store, and its later images are put aside.
   *
   * @param study UID of the study, its pseudonym, or the id of an item
   */
  public Withdrawn withdraw(String study) {
    requireStore();
    Withdrawal withdrawal = new Withdrawal(pseudonym(study), Instant.now().toString());
    boolean isNew = withdrawals.add(withdrawal);
    return database.hold(
        () -> {
          bringUpToDate();
          return new Withdrawn(withdrawal.study(), isNew, items.withdraw(withdrawal));
        });
  }

  /**
   * The checkpoints that saw a study.
   *
   * @param study as in {@link #withdraw}
   * @param runs folders whose journals are read first
   */
  public List<Lineage.Seen> lineage(String study, List<Path> runs) {
    requireStore();
    return database.hold(
        () -> {
          bringUpToDate();
          Lineage lineage = new Lineage(database);
          for (Path run : runs) {
            RunFolder folder = new RunFolder(run);
            if (folder.isRun()) {
              note(lineage, folder);
            }
          }
          return lineage.of(pseudonym(study));
        });
  }

  private void note(Lineage lineage, RunFolder folder) {
    RunFile file = RunFile.read(folder);
    HybnextSettings then = file.effective();
    List<Lineage.Checkpoint> checkpoints = new ArrayList<>();
    try {
      for (JsonNode line : RunJournal.read(folder.journal())) {
        if (line.path("kind").asText().equals("checkpoint-saved")) {
          checkpoints.add(
              new Lineage.Checkpoint(line.path("step").asLong(), line.path("folder").asText()));
        }
      }
    } catch (IOException error) {
      throw new CommandFailure(
          folder.journal() + " cannot be read: " + FileFailure.explain(error), error);
    }
    lineage.note(
        new Lineage.Run(
            file.run(),
            folder.root().toString(),
            file.snapshot(),
            then.training().seed(),
            then.training().globalBatch(),
            folder.waves().waves()),
        checkpoints);
  }

  private void requireStore() {
    if (!Files.exists(settings.data().store().resolve(FileLedger.FILE))) {
      throw new CommandFailure(
          settings.data().store() + " is no store: name one with --set data.store=FOLDER");
    }
  }

  /** UIDs of hospitals are known by their pseudonyms; other names stay. */
  private String pseudonym(String study) {
    Path key = IntakeSource.pseudonymKey(settings);
    boolean replaced = study.matches(UID) && !study.startsWith(PSEUDONYM) && Files.exists(key);
    return replaced ? PseudonymKey.load(key).uid(study) : study;
  }

  /** Ingestion mirrors as it goes; a store that was copied or restored has other segments. */
  private void bringUpToDate() {
    Path store = settings.data().store();
    try (Stream<Path> files = Files.list(store)) {
      long segments = files.filter(file -> file.toString().endsWith(".arrow")).count();
      if (segments != items.segments()) {
        items.reconcile(
            FileLedger.readSegments(store), FileLedger.readQuarantined(store), withdrawals.all());
      }
    } catch (IOException error) {
      throw new CommandFailure(store + " cannot be read: " + FileFailure.explain(error), error);
    }
  }
}
