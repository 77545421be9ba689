package io.hybnext.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybnextSettingsTest {
  @TempDir Path folder;

  @Test
  void shouldHoldDefaultsOfReferenceConf() {
    HybnextSettings settings = HybnextSettings.load(HybnextSettings.Source.profile(""));
    assertEquals(1200, settings.training().steps());
    assertEquals(8 << 20, settings.exchange().termLengthBytes());
    assertEquals(Duration.ofSeconds(60), settings.exchange().timeout());
    assertEquals(ExchangeSettings.Wire.FP32, settings.exchange().wire());
    assertEquals(512, settings.model().feedForwardWidth());
    assertTrue(settings.run().folder().isAbsolute());
  }

  @Test
  void shouldHaveARecordComponentForEveryKeyOfReferenceConf() {
    var settings = HybnextSettings.load(HybnextSettings.Source.profile(""));
    var reference = ConfigFactory.parseURL(HybnextSettings.class.getResource("reference.conf"));
    assertEquals(KnownKeys.keys(reference), KnownKeys.keys(SettingsWriter.toConfig(settings)));
  }

  @Test
  void shouldReadEveryProfile() {
    for (String profile : HybnextSettings.PROFILES) {
      HybnextSettings settings = HybnextSettings.load(HybnextSettings.Source.profile(profile));
      assertTrue(settings.trainers().count() >= 1, profile);
    }
  }

  @Test
  void shouldLetFileWinOverProfileAndOverridesOverFile() throws IOException {
    Path file = write("training { steps = 40, global-batch = 8 }\noptimiser.warmup-steps = 5");
    HybnextSettings settings =
        HybnextSettings.load(
            new HybnextSettings.Source(
                "demo",
                file,
                Map.of("training.steps", "30", "data.train-splits", "[a, b]"),
                folder));
    assertEquals(30, settings.training().steps());
    assertEquals(8, settings.training().globalBatch());
    assertEquals(2, settings.trainers().count());
    assertEquals(List.of("a", "b"), settings.data().trainSplits());
    assertEquals(folder.resolve("hybnext-demo"), settings.run().folder());
  }

  @Test
  void shouldReadBackWhatItWrites() throws IOException {
    HybnextSettings settings = HybnextSettings.load(HybnextSettings.Source.profile("demo"));
    assertEquals(settings, HybnextSettings.parse(settings.toJson()));
    assertEquals(settings, HybnextSettings.load(write(settings.toHocon())));
  }

  @Test
  void shouldChangeSingleValuesOfEffectiveSettings() {
    HybnextSettings settings =
        HybnextSettings.load(HybnextSettings.Source.profile("demo"))
            .with(Map.of("training.steps", "77"));
    assertEquals(77, settings.training().steps());
    assertEquals(2, settings.trainers().count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.stpes = 5 | training.stpes = 5 | nearest is training.steps",
        "steps = 5 | steps = 5 | nearest is training.steps",
        "training.steps = 0 | training.steps = 0 | want at least 1",
        "training.steps = many | training.steps = many | want a whole number",
        "training.global-batch = 10 | training.global-batch = 10 | multiple of"
            + " training.microshards",
        "model.heads = 7 | model.heads = 7 | divisor of model.width = 192",
        "model.condition = text | model.condition = text | want one of caption, class",
        "optimiser.learning-rate = -1 | optimiser.learning-rate = -1 | above 0.0 and at most 1.0",
        "trainers.count = 9 | trainers.count = 9 | at most training.microshards = 4",
        "trainers.device = gpu | trainers.device = gpu | cpu or cuda:N",
        "exchange.term-length = 3 MiB | exchange.term-length = 3145728 | a power of two",
        "exchange.wire = fp16 | exchange.wire = fp16 | fp32",
        "exchange.timeout = soon | exchange.timeout = soon | a time with its unit",
        "arra.layer = 9 | arra.layer = 9 | at most model.depth = 6",
        "data.held-out-splits = [train] | data.held-out-splits = [train] | no split of",
        "cluster.seed-nodes = [a] | cluster.seed-nodes = a | host:port",
        "cluster.silence-limit = 20 ms | cluster.silence-limit = PT0.02S | from 100 ms to 60 s",
        "cluster.state-patience = 2 h | cluster.state-patience = PT2H | from 0 s to 1 h",
        "cluster.coordinator-patience = 0 s | cluster.coordinator-patience = PT0S | from 1 s to 24"
            + " h",
        "training = 5 | training = 5 | nearest is"
      })
  void shouldNameKeyValuePlaceAndRule(String text, String keyAndValue, String rule)
      throws IOException {
    Path file = write("# comment\n" + text);
    SettingsException refused =
        assertThrows(SettingsException.class, () -> HybnextSettings.load(file));
    assertTrue(refused.getMessage().startsWith(keyAndValue), refused.getMessage());
    assertTrue(refused.getMessage().contains(rule), refused.getMessage());
    assertTrue(refused.getMessage().contains(file + ": 2"), refused.getMessage());
  }

  @Test
  void shouldSayWhatIsWrongWithAFileThatIsNotHocon() throws IOException {
    Path file = write("training { steps = ");
    assertTrue(
        assertThrows(SettingsException.class, () -> HybnextSettings.load(file))
            .getMessage()
            .contains(file.toString()));
    Path missing = folder.resolve("none.conf");
    assertTrue(
        assertThrows(SettingsException.class, () -> HybnextSettings.load(missing))
            .getMessage()
            .contains("does not exist"));
  }

  @Test
  void shouldCarryThePublishedRecipes() {
    var base = HybnextSettings.load(HybnextSettings.Source.profile("arra-base"));
    assertEquals(ModelSettings.Network.LLAMAGEN, base.model().network());
    assertEquals(1e-4, base.optimiser().learningRate());
    assertEquals(OptimiserSettings.Decay.MATRICES, base.optimiser().decay());
    assertEquals(32, base.training().globalBatch());
    for (String profile : new String[] {"arra", "arra-adapt"}) {
      var medical = HybnextSettings.load(HybnextSettings.Source.profile(profile));
      assertEquals(ModelSettings.Network.CHAMELEON, medical.model().network());
      assertEquals(4096, medical.model().width());
      assertEquals(1e-5, medical.arra().zLoss());
      assertEquals(OptimiserSettings.Decay.ALL, medical.optimiser().decay());
      assertEquals(4, medical.optimiser().clipNorm());
      double epochs = medical.training().steps() / medical.optimiser().stepsPerEpoch();
      assertEquals(10, epochs, 0.01, profile);
    }
  }

  @Test
  void shouldReadTheKelixRecipe() {
    var kelix = HybnextSettings.load(HybnextSettings.Source.profile("kelix"));
    assertEquals(ModelSettings.Network.KELIX, kelix.model().network());
    assertEquals(8, kelix.model().codes());
    assertEquals(8, kelix.model().kvHeads());
    assertEquals(36, kelix.model().depth());
    assertEquals(504, kelix.data().imageSize());
    assertEquals(
        1e-6, kelix.optimiser().learningRate() * kelix.optimiser().finalRateShare(), 1e-12);
  }

  @Test
  void shouldRefuseSeveralCodesAPositionWithoutKelix() {
    var settings = HybnextSettings.load(HybnextSettings.Source.profile(""));
    String message =
        assertThrows(SettingsException.class, () -> settings.with(Map.of("model.codes", "4")))
            .getMessage();
    assertTrue(message.contains("1 unless model.network = kelix"), message);
  }

  @Test
  void shouldRefuseClassesOfAChameleon() {
    var settings = HybnextSettings.load(HybnextSettings.Source.profile(""));
    Map<String, String> classes =
        Map.of("model.network", "chameleon", "model.condition", "class", "model.classes", "10");
    String message =
        assertThrows(SettingsException.class, () -> settings.with(classes)).getMessage();
    assertTrue(message.contains("caption when model.network = chameleon"), message);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("hybnext.conf"), text);
  }

  /** Found by fuzzing: the parser throws these instead of its own refusal. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.steps = null | training.steps = null",
        "training = null | training = null",
        "model.network = null | model.network = null",
        "training..steps = 3 | cannot be read",
        "training.steps = 3 { a = 1 } | cannot be read",
        "training.steps = ${nothing} | cannot be resolved"
      })
  void shouldRefuseDamagedFilesWithOneSentence(String text, String reason) throws IOException {
    Path file = write(text);
    String message =
        assertThrows(SettingsException.class, () -> HybnextSettings.load(file)).getMessage();
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void shouldTakeVariablesOfTheEnvironmentAndLeaveOutThoseThatAreNotSet() throws Exception {
    Path file = folder.resolve("run.conf");
    Files.writeString(
        file, "data.folder-caption = ${PATH}\ncluster.host = ${?HYBNEXT_THERE_IS_NO_SUCH}\n");
    HybnextSettings settings = HybnextSettings.load(file);
    assertEquals(System.getenv("PATH"), settings.data().folderCaption());
    assertEquals("127.0.0.1", settings.cluster().host());
  }

  @Test
  void shouldListenWhereTheMachineThatJoinsSaysAndComputeWhatTheRunSays() {
    HybnextSettings run =
        HybnextSettings.parse("cluster.host = 10.0.0.5, exchange.port = 24500, training.seed = 9");
    HybnextSettings other =
        HybnextSettings.parse("cluster.host = 10.0.0.6, training.seed = 1, run.folder = /there");
    HybnextSettings joined = run.onMachineOf(other);
    assertEquals("10.0.0.6", joined.cluster().host());
    assertEquals("10.0.0.6", joined.exchangeHost());
    assertEquals(0, joined.exchange().port());
    assertEquals(Path.of("/there"), joined.run().folder());
    assertEquals(9, joined.training().seed());
    assertTrue(joined.cluster().usesTls());

    HybnextSettings unsaid = HybnextSettings.parse("training.seed = 1");
    assertEquals("10.0.0.5", run.onMachineOf(unsaid).cluster().host());
    assertEquals(24500, run.onMachineOf(unsaid).exchange().port());
    assertFalse(unsaid.cluster().usesTls());
  }
}
