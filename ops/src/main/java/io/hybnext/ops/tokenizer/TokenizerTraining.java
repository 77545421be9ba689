package io.hybnext.ops.tokenizer;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.training.KelixTokRecipe;
import io.hybnext.model.tokenizer.training.KelixTokTrainingConfig;
import io.hybnext.model.tokenizer.training.ReconstructionCheck;
import io.hybnext.model.tokenizer.training.SourceImage;
import io.hybnext.model.tokenizer.training.TokenizerRecipe;
import io.hybnext.model.tokenizer.training.TokenizerSchedule;
import io.hybnext.model.tokenizer.training.TokenizerStep;
import io.hybnext.model.tokenizer.training.TokenizerTrainer;
import io.hybnext.model.tokenizer.training.VqRecipe;
import io.hybnext.model.tokenizer.training.VqTrainingConfig;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.home.Machine;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.wiring.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of {@code tokenizer train}: reads settings and images, goes on from a checkpoint in the
 * output folder when there is one, and leaves there the tokenizer, the checkpoint, a picture of
 * reconstructions and {@code made.json}, which says how they came to be.
 */
public final class TokenizerTraining {
  /** Name of the record of how a tokenizer was made. */
  public static final String RECORD_FILE = "made.json";

  /** Name of the picture of reconstructions. */
  public static final String GRID_FILE = "reconstructions.png";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonMapper COMMENTED =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();
  private static final int REPORT_EVERY = 20;
  private static final int GRID_IMAGES = 16;

  private final Path data;
  private final Path settingsFile;
  private final Path out;
  private final int threads;
  private final Progress progress;
  private final StopRequest stop;

  /**
   * Prepares a run.
   *
   * @param data folder with manifest.jsonl; splits {@code train} and {@code val} are used
   * @param settingsFile JSON object with {@code kind}, {@code model} and {@code training}
   * @param out folder for the results, made when missing
   * @param threads of libtorch; results are the same bytes only for the same number
   */
  public TokenizerTraining(
      Path data, Path settingsFile, Path out, int threads, Progress progress, StopRequest stop) {
    this.data = data;
    this.settingsFile = settingsFile;
    this.out = out;
    this.threads = threads;
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Runs to the end, or until stopped.
   *
   * @return what to show: steps, figures on the validation images, files
   */
  public Map<String, Object> run() throws IOException {
    JsonNode settings = COMMENTED.readTree(settingsFile.toFile());
    TokenizerRecipe recipe;
    try {
      recipe = recipe(settings);
    } catch (IllegalArgumentException wrong) {
      throw new CommandFailure(settingsFile + ": " + wrong.getMessage(), wrong);
    }
    Files.createDirectories(out);
    ImageCollection images = ImageCollection.read(data, recipe.codes().channels());
    List<SourceImage> train = images.split("train");
    List<SourceImage> validation = images.split("val");
    if (train.isEmpty() || validation.isEmpty()) {
      throw new CommandFailure(data + ": want images of split train and of split val");
    }
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, threads);
    long start = System.nanoTime();
    try (TokenizerTrainer trainer = recipe.trainer(engine, train, validation)) {
      Path checkpoint = out.resolve(TokenizerTrainer.CHECKPOINT_FILE);
      double minutesBefore = 0;
      if (Files.exists(checkpoint)) {
        trainer.resume(checkpoint);
        minutesBefore = minutesBefore();
        progress.note("going on from step " + trainer.step() + " of " + recipe.training().steps());
      }
      Listener listener = new Listener(trainer, recipe.training(), minutesBefore, start, images);
      trainer.run(out, listener, stop::asked);
      if (trainer.step() == 0) {
        throw new CommandFailure("stopped before the first step; nothing was written to " + out);
      }
      try (VisualTokenizer written = Tokenizers.load(engine, out)) { // what others will load
        List<byte[]> squares =
            validation.stream().map(image -> image.square(recipe.codes().imageSize())).toList();
        ReconstructionCheck check = ReconstructionCheck.of(written, squares);
        listener.record(trainer.step(), check);
        writeGrid(out.resolve(GRID_FILE), written, validation);
        return listener.figures(trainer.step(), check);
      }
    }
  }

  private static TokenizerRecipe recipe(JsonNode settings) {
    String kind = settings.path("kind").asText(VqRecipe.KIND);
    JsonNode model = settings.path("model");
    JsonNode training = settings.path("training");
    return switch (kind) {
      case VqRecipe.KIND ->
          new VqRecipe(VqConfig.fromJson(model), VqTrainingConfig.fromJson(training));
      case KelixTokRecipe.KIND ->
          new KelixTokRecipe(
              KelixTokConfig.fromJson(model), KelixTokTrainingConfig.fromJson(training));
      default ->
          throw new IllegalArgumentException(
              "kind = " + kind + ": want " + VqRecipe.KIND + " or " + KelixTokRecipe.KIND);
    };
  }

  private double minutesBefore() throws IOException {
    Path record = out.resolve(RECORD_FILE);
    return Files.exists(record) ? JSON.readTree(record.toFile()).path("minutes").asDouble() : 0;
  }

  private void writeGrid(TokenizerTrainer trainer, List<SourceImage> validation)
      throws IOException {
    try (VisualTokenizer tokenizer = trainer.tokenizer()) {
      writeGrid(out.resolve(GRID_FILE), tokenizer, validation);
    }
  }

  /** Writes images spread evenly over a split above their reconstructions, as PNG. */
  public static void writeGrid(Path file, VisualTokenizer tokenizer, List<SourceImage> images)
      throws IOException {
    int side = tokenizer.codes().imageSize();
    List<byte[]> squares = new ArrayList<>();
    for (int i = 0; i < Math.min(GRID_IMAGES, images.size()); i++) {
      int index = (int) ((long) i * images.size() / Math.min(GRID_IMAGES, images.size()));
      squares.add(images.get(index).square(side));
    }
    ReconstructionCheck.grid(tokenizer, squares, 8).writePng(file);
  }

  private final class Listener implements TokenizerTrainer.Listener {
    private final TokenizerTrainer trainer;
    private final TokenizerSchedule schedule;
    private final double minutesBefore;
    private final long start;
    private final ImageCollection images;
    private long lastStep;
    private long lastTime;

    Listener(
        TokenizerTrainer trainer,
        TokenizerSchedule schedule,
        double minutesBefore,
        long start,
        ImageCollection images) {
      this.trainer = trainer;
      this.schedule = schedule;
      this.minutesBefore = minutesBefore;
      this.start = start;
      this.images = images;
      lastStep = trainer.step();
      lastTime = System.nanoTime();
    }

    @Override
    public void onPreparation(long step, int steps, float squaredError) {
      if (step % REPORT_EVERY == 0 || step == steps) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("squared_error", (double) squaredError);
        progress.tell(new ProgressEvent.Values("perceptual", step, steps, values));
      }
      lastTime = System.nanoTime();
    }

    @Override
    public void onStep(TokenizerStep report) {
      if (report.step() % REPORT_EVERY != 0 && report.step() != schedule.steps()) {
        return;
      }
      long now = System.nanoTime();
      double seconds = Math.max(1e-9, (now - lastTime) / 1e9);
      double perSecond = (report.step() - lastStep) / seconds;
      Map<String, Object> values = new LinkedHashMap<>(report.figures());
      values.put("images_per_s", perSecond * schedule.batchSize());
      values.put("eta_s", Math.round((schedule.steps() - report.step()) / perSecond));
      progress.tell(new ProgressEvent.Values("step", report.step(), schedule.steps(), values));
      lastStep = report.step();
      lastTime = now;
    }

    @Override
    public void onEvaluation(long step, ReconstructionCheck check) {
      Map<String, Object> values = figures(step, check);
      progress.tell(new ProgressEvent.Values("validation", step, schedule.steps(), values));
      try {
        record(step, check);
        writeGrid(trainer, images.split("val"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      lastTime = System.nanoTime();
      lastStep = step;
    }

    Map<String, Object> figures(long step, ReconstructionCheck check) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("step", step);
      values.put("images", check.images());
      values.put("psnr_db", check.psnr());
      values.put("ssim", check.ssim());
      values.put("codes_used", check.codesUsed());
      values.put("perplexity", check.perplexity());
      values.put("minutes", minutesBefore + (System.nanoTime() - start) / 60e9);
      return values;
    }

    void record(long step, ReconstructionCheck check) throws IOException {
      ObjectNode record = JSON.createObjectNode();
      record.put(
          "command",
          String.format(
              "ops/hybnext tokenizer train --data %s --settings %s --out %s --threads %d",
              data.getFileName(), settingsFile.getFileName(), out.getFileName(), threads));
      record.put("data_sha256", images.sha256());
      record.put("seed", schedule.seed());
      record.put("steps", schedule.steps());
      record.put("threads", threads);
      record.put("machine", Machine.processor() + ", " + Machine.cores() + " cores");
      figures(step, check).forEach((name, value) -> record.putPOJO(name, value));
      record.set("training", schedule.toJson());
      Files.writeString(out.resolve(RECORD_FILE), record.toPrettyString() + "\n");
    }
  }
}
