package io.hybnext.ops.intake;

import io.hybnext.config.DataSettings;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.IntakeSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.ops.home.Home;
import io.hybnext.streams.deidentify.CaptionTemplate;
import io.hybnext.streams.deidentify.DeidentifiedSource;
import io.hybnext.streams.deidentify.Deidentifier;
import io.hybnext.streams.deidentify.DoorSettings;
import io.hybnext.streams.deidentify.DoorSettings.Scope;
import io.hybnext.streams.deidentify.PseudonymKey;
import io.hybnext.streams.orthanc.OrthancSource;
import io.hybnext.streams.orthanc.Spool;
import io.hybnext.streams.source.AdmittedSource;
import io.hybnext.streams.source.FolderSource;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.source.ManifestSource;
import io.hybnext.streams.source.TokenRecords;
import io.hybnext.streams.source.WatchedFolderSource;
import io.hybnext.streams.store.Withdrawals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/**
 * The images that settings name, without identifiers: a folder, a watched folder, a manifest or an
 * Orthanc server.
 */
public final class IntakeSource implements AutoCloseable {
  private static final Pattern SERVER = Pattern.compile("https?://[^/?#@\\s]+(/[^?#@\\s]*)?");
  private static final String SPOOL = "spool";

  private final HybnextSettings settings;
  private final ImageSource images;
  private Spool spool;

  /**
   * Opens it.
   *
   * @param tokens reader of token files, for manifests
   * @param position how far sources were followed, as the store's ledger says
   * @param again origins, as the ledger names them, of what a server that was followed past it is
   *     to give once more; a folder or manifest is read as a whole anyway
   * @throws SettingsException when there is no such thing
   */
  public IntakeSource(
      HybnextSettings settings,
      TokenRecords.Opener tokens,
      ToLongFunction<String> position,
      Set<String> again) {
    this.settings = settings;
    ImageSource named =
        isServer(settings.data()) ? orthanc(position, again) : files(settings, tokens);
    images = admitted(settings, named);
  }

  /** The images. */
  public ImageSource images() {
    return images;
  }

  /**
   * Those of a folder or manifest, to be read once from begin to end.
   *
   * @throws SettingsException when settings name no such thing
   */
  public static ImageSource ofFiles(HybnextSettings settings) {
    requireFiles(settings);
    return admitted(settings, files(settings, false, TokenRecords.Opener.NONE));
  }

  private static void requireFiles(HybnextSettings settings) {
    if (isServer(settings.data())) {
      throw new SettingsException(
          "data.source",
          "data.source = "
              + settings.data().source()
              + ": want a folder or a manifest here; a server's images go to the store and are not"
              + " kept");
    }
  }

  /**
   * The same before the door, by the names that the source has: what comes of it must not be told.
   *
   * @throws SettingsException as {@link #ofFiles}
   */
  static ImageSource named(HybnextSettings settings) {
    requireFiles(settings);
    return files(settings, false, TokenRecords.Opener.NONE);
  }

  private static boolean isServer(DataSettings data) {
    if (data.isServer() && !SERVER.matcher(data.source()).matches()) {
      throw new SettingsException(
          "data.source",
          "data.source is no address of a server: want http://HOST:PORT, the user in orthanc.user");
    }
    return data.isServer();
  }

  private static ImageSource admitted(HybnextSettings settings, ImageSource source) {
    return new AdmittedSource(
        new DeidentifiedSource(source, door(settings)), new Withdrawals(settings.data().store()));
  }

  private ImageSource orthanc(ToLongFunction<String> position, Set<String> again) {
    DataSettings data = settings.data();
    IntakeSettings intake = settings.intake();
    spool = new Spool(data.store().resolve(SPOOL));
    return new OrthancSource(
        new OrthancSource.Settings(
            data.source(),
            settings.orthanc().user(),
            PasswordFile.read("orthanc.password-file", settings.orthanc().passwordFile()),
            data.folderCaption(),
            data.folderSplit(),
            intake.watch(),
            intake.poll(),
            settings.orthanc().tries()),
        spool,
        position,
        again.isEmpty() ? null : wanted(again));
  }

  private Predicate<String> wanted(Set<String> origins) {
    Supplier<PseudonymKey> key = PseudonymKey.lazily(pseudonymKey(settings));
    return name -> Deidentifier.places(key.get(), name).stream().anyMatch(origins::contains);
  }

  private static ImageSource files(HybnextSettings settings, TokenRecords.Opener tokens) {
    return files(settings, settings.intake().watch(), tokens);
  }

  private static ImageSource files(
      HybnextSettings settings, boolean watch, TokenRecords.Opener tokens) {
    DataSettings data = settings.data();
    Path path = Home.current().resolve("data.source", data.source());
    if (!Files.isDirectory(path)) {
      return manifest(path, watch, tokens);
    }
    FolderSource folder = new FolderSource(path, data.folderCaption(), data.folderSplit());
    IntakeSettings intake = settings.intake();
    return watch
        ? new WatchedFolderSource(
            folder,
            new WatchedFolderSource.Settings(intake.poll(), intake.settle()),
            Clock.systemUTC())
        : folder;
  }

  private static ImageSource manifest(Path path, boolean watch, TokenRecords.Opener tokens) {
    if (watch) {
      throw new SettingsException(
          "intake.watch",
          "intake.watch = true: want a folder or a server as data.source; "
              + path
              + " is a manifest");
    }
    return new ManifestSource(path, tokens);
  }

  private static DoorSettings door(HybnextSettings settings) {
    return new DoorSettings(
        Scope.valueOf(settings.intake().deidentify().name()),
        PseudonymKey.lazily(pseudonymKey(settings)),
        template(settings.data().captionTemplate()));
  }

  /** File of the key that pseudonyms are made with. */
  public static Path pseudonymKey(HybnextSettings settings) {
    String named = settings.intake().pseudonymKey();
    return named.isBlank()
        ? settings.data().store().resolve("pseudonyms.key")
        : Path.of(named).toAbsolutePath();
  }

  private static CaptionTemplate template(String text) {
    try {
      return new CaptionTemplate(text);
    } catch (IllegalArgumentException wrong) {
      throw new SettingsException(
          "data.caption-template", "data.caption-template = " + text + ": " + wrong.getMessage());
    }
  }

  /** Removes files on their way; for when the ingestion has ended. */
  @Override
  public void close() {
    if (spool != null) {
      spool.close();
    }
  }
}
