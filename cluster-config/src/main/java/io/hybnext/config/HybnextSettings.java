package io.hybnext.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All settings, checked. Defaults and their documentation are in {@code reference.conf} beside this
 * class; a person's file holds what differs.
 *
 * @param run where a run leaves its files
 * @param model the transformer
 * @param data images, tokens, features
 * @param arra the alignment objective
 * @param lora adapters instead of the network
 * @param optimiser AdamW
 * @param training the run
 * @param trainers trainer processes of this machine
 * @param exchange gradient exchange
 * @param cluster the Pekko cluster
 * @param intake ingestion
 * @param orthanc the server that images come from
 * @param ledger the database of items
 * @param sampling drawing pictures
 * @param evaluation measuring a checkpoint
 * @param dashboard the operators' page
 */
public record HybnextSettings(
    RunSettings run,
    ModelSettings model,
    DataSettings data,
    ArraSettings arra,
    LoraSettings lora,
    OptimiserSettings optimiser,
    TrainingSettings training,
    TrainersSettings trainers,
    ExchangeSettings exchange,
    ClusterSettings cluster,
    IntakeSettings intake,
    OrthancSettings orthanc,
    LedgerSettings ledger,
    SamplingSettings sampling,
    EvaluationSettings evaluation,
    DashboardSettings dashboard) {

  /** Names of the profiles that {@link #load(Source)} knows. */
  public static final List<String> PROFILES =
      List.of(
          "local", "machines", "kubernetes", "demo", "arra-base", "arra", "arra-adapt", "kelix");

  /** Checks what spans sections. */
  public HybnextSettings {
    Rule.check(
        trainers.count() <= training.microshards(),
        "trainers.count",
        trainers.count(),
        "at most training.microshards = " + training.microshards());
    Rule.check(
        arra.layer() <= model.depth(),
        "arra.layer",
        arra.layer(),
        "at most model.depth = " + model.depth());
    Rule.check(
        optimiser.warmupSteps() <= training.steps(),
        "optimiser.warmup-steps",
        optimiser.warmupSteps(),
        "at most training.steps = " + training.steps());
    Rule.check(
        optimiser.schedule() != OptimiserSettings.Schedule.WSD
            || (long) optimiser.warmupSteps() + optimiser.decaySteps() <= training.steps(),
        "optimiser.decay-steps",
        optimiser.decaySteps(),
        "at most training.steps - optimiser.warmup-steps = "
            + (training.steps() - optimiser.warmupSteps()));
  }

  /**
   * Where settings come from; later parts win: reference.conf, profile, file, overrides.
   *
   * @param profile one of {@link #PROFILES}, or empty
   * @param file a person's file, or null
   * @param overrides values by full key, as typed on a command line
   * @param base folder that relative paths count from
   */
  public record Source(String profile, Path file, Map<String, String> overrides, Path base) {

    /** Copies the map. */
    public Source {
      overrides = Map.copyOf(overrides);
      base = base.toAbsolutePath();
    }

    /** The profile alone, or reference.conf alone for an empty name. */
    public static Source profile(String profile) {
      return new Source(profile, null, Map.of(), Path.of(""));
    }
  }

  /**
   * Reads a person's file over reference.conf.
   *
   * @throws SettingsException when the file cannot be read, or holds an unknown key or an
   *     impossible value
   */
  public static HybnextSettings load(Path file) {
    return load(new Source("", file, Map.of(), Path.of("")));
  }

  /**
   * Reads settings from all their sources.
   *
   * @throws SettingsException as {@link #load(Path)}, or when there is no such profile
   */
  public static HybnextSettings load(Source source) {
    Config reference = resource("reference.conf");
    Config own = overrides(source.overrides());
    if (source.file() != null) {
      own = own.withFallback(file(source.file()));
    }
    if (!source.profile().isEmpty()) {
      own = own.withFallback(profile(source.profile()));
    }
    return resolve(own, reference, source.base());
  }

  /**
   * Reads what {@link #toJson} or {@link #toHocon} wrote.
   *
   * @throws SettingsException as {@link #load(Path)}
   */
  public static HybnextSettings parse(String text) {
    try {
      return resolve(
          ConfigFactory.parseString(text),
          resource("reference.conf"),
          Path.of("").toAbsolutePath());
    } catch (ConfigException wrong) {
      throw new SettingsException("", "settings cannot be read: " + firstLine(wrong));
    }
  }

  private static String firstLine(ConfigException wrong) {
    return wrong.getMessage().lines().findFirst().orElse("");
  }

  /** The effective settings with a person's values changed, e.g. {@code training.steps}. */
  public HybnextSettings with(Map<String, String> overrides) {
    Config now = SettingsWriter.toConfig(this);
    return resolve(
        overrides(overrides).withFallback(now),
        resource("reference.conf"),
        Path.of("").toAbsolutePath());
  }

  /**
   * The settings of a run for a process that joins it, perhaps on another machine: where it listens
   * and what it proves with who it is are those of {@code local}, and so is the place where it sees
   * the run's folder; all else stays. A run that other machines can reach is not joined from a
   * loopback address: whoever names no other is on the run's own machine.
   *
   * @param local what a person gave on that machine
   */
  public HybnextSettings onMachineOf(HybnextSettings local) {
    boolean same = local.cluster().isLoopback() && !cluster.isLoopback();
    HybnextSettings machine = same ? this : local;
    Map<String, String> own =
        Map.of(
            "run.folder",
            local.run().folder().toString(),
            "exchange.host",
            machine.exchange().host(),
            "exchange.port",
            Integer.toString(machine.exchange().port()));
    HybnextSettings joined = with(own);
    return new HybnextSettings(
        joined.run(),
        model,
        data,
        arra,
        lora,
        optimiser,
        training,
        trainers,
        joined.exchange(),
        machine.cluster(),
        intake,
        orthanc,
        ledger,
        sampling,
        evaluation,
        dashboard);
  }

  /** Interface address for gradients that leave the machine. */
  public String exchangeHost() {
    return exchange.host().isEmpty() ? cluster.host() : exchange.host();
  }

  /** Whether all processes of a run are on the machine that starts it: nobody else reaches it. */
  public boolean isOneMachine() {
    return cluster.host().equals("127.0.0.1") || cluster.host().equals("localhost");
  }

  /** The effective settings as one line of JSON, which {@link #parse} reads back. */
  public String toJson() {
    return SettingsWriter.toConfig(this).root().render(ConfigRenderOptions.concise());
  }

  /** The effective settings as an indented file that {@link #load(Path)} reads. */
  public String toHocon() {
    return SettingsWriter.toConfig(this)
        .root()
        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }

  private static HybnextSettings resolve(Config own, Config reference, Path base) {
    try {
      Config all = own.withFallback(reference).resolve(); // ${VARIABLE} of the environment, too
      KnownKeys.check(all, reference);
      return new SettingsReader(all, base).read(HybnextSettings.class);
    } catch (ConfigException wrong) {
      throw new SettingsException("", "settings cannot be resolved: " + firstLine(wrong));
    }
  }

  private static Config resource(String name) {
    return ConfigFactory.parseURL(HybnextSettings.class.getResource(name));
  }

  private static Config profile(String name) {
    if (!PROFILES.contains(name)) {
      throw new SettingsException(
          "profile", "profile = " + name + ": want one of " + String.join(", ", PROFILES));
    }
    return resource("profiles/" + name + ".conf");
  }

  private static Config file(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new SettingsException(
          "", "settings file " + file + " does not exist; give one with -c, or leave -c out");
    }
    try {
      return ConfigFactory.parseString(Files.readString(file), SettingsReader.named(file));
    } catch (ConfigException wrong) { // a damaged file makes the parser throw any of them
      throw new SettingsException("", "settings file cannot be read: " + firstLine(wrong));
    } catch (IOException unreadable) {
      throw new SettingsException(
          "", "settings file " + file + " cannot be read: " + FileFailure.explain(unreadable));
    }
  }

  private static Config overrides(Map<String, String> values) {
    Config all = ConfigFactory.empty();
    for (Map.Entry<String, String> value : values.entrySet()) {
      try {
        all = all.withFallback(SettingsReader.override(value.getKey(), value.getValue()));
      } catch (ConfigException wrong) {
        throw new SettingsException(
            value.getKey(),
            value.getKey() + " = " + value.getValue() + ": want a setting's name and a value");
      }
    }
    return all;
  }
}
