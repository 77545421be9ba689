package io.hybnext.ops.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.encoder.EncoderConfig;
import io.hybnext.model.encoder.EncoderTrainingConfig;
import io.hybnext.model.encoder.LabelTraining;
import io.hybnext.model.encoder.SelfSupervisedTraining;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.tokenizer.ImageCollection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One run of {@code encoder train}: leaves the encoder and {@code made.json}, which says how it
 * came to be and what it is worth on images it was not trained on.
 *
 * @param kind which of the two
 * @param data folder with manifest.jsonl; splits {@code train} and {@code val} are used
 * @param out folder for the results, made when missing
 * @param settings of the training
 * @param threads of libtorch
 */
public record EncoderTraining(
    Kind kind, Path data, Path out, EncoderTrainingConfig settings, int threads) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LEAST_IMAGES_A_LABEL = 20;

  /** What an encoder is for. */
  public enum Kind {
    TEACHER,
    EVALUATOR
  }

  /** Trains, writes, and measures on {@code val}. */
  public Map<String, Object> run(Progress progress) throws IOException {
    ImageCollection images = ImageCollection.read(data, 1);
    List<ImageCollection.Item> train = images.items("train");
    List<ImageCollection.Item> validation = images.items("val");
    if (train.isEmpty() || validation.isEmpty()) {
      throw new CommandFailure(data + ": want images of split train and of split val");
    }
    Files.createDirectories(out); // before minutes of training
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, threads);
    long beganNs = System.nanoTime();
    if (kind == Kind.TEACHER) {
      teacher(engine, train, progress);
    } else {
      evaluator(engine, train, progress);
    }
    double minutes = (System.nanoTime() - beganNs) / 60e9;
    Map<String, Object> made = new LinkedHashMap<>();
    made.put("kind", kind.name().toLowerCase(Locale.ROOT));
    made.put("seed", settings.seed());
    made.put("steps", settings.steps());
    made.put("batch", settings.batchSize());
    made.put("learning_rate", settings.learningRate());
    made.put("threads", threads);
    made.put("data_sha256", images.sha256());
    made.put("minutes", Math.round(minutes * 10) / 10.0);
    try (VisionEncoder encoder = VisionEncoder.open(engine, out)) {
      made.put("train", EncoderCheck.of(encoder, train));
      made.put("val", EncoderCheck.of(encoder, validation));
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(out.resolve("made.json").toFile(), made);
    return made;
  }

  private void teacher(TorchEngine engine, List<ImageCollection.Item> train, Progress progress)
      throws IOException {
    EncoderConfig config = EncoderConfig.teacher();
    SelfSupervisedTraining.run(
        engine,
        config,
        EncoderCheck.squares(train, config.imageSize()),
        settings,
        out,
        line ->
            progress.note(
                String.format(
                    "step %d/%d  loss %.3f  other view found %.2f",
                    line.step(), settings.steps(), line.loss(), line.found())));
  }

  private void evaluator(TorchEngine engine, List<ImageCollection.Item> train, Progress progress)
      throws IOException {
    EncoderConfig config = EncoderConfig.evaluator();
    LabelTraining.run(
        engine,
        config,
        EncoderCheck.squares(train, config.imageSize()),
        labels(train),
        settings,
        out,
        line ->
            progress.note(
                String.format(
                    "step %d/%d  loss %.3f", line.step(), settings.steps(), line.loss())));
  }

  /** Findings, view and source of each item as 0 or 1; those that hardly occur are left out. */
  private static List<float[]> labels(List<ImageCollection.Item> items) {
    List<List<String>> words = items.stream().map(item -> words(item.fields())).toList();
    Map<String, Long> counts =
        words.stream()
            .flatMap(List::stream)
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    counts.values().removeIf(count -> count < LEAST_IMAGES_A_LABEL);
    List<String> labels = List.copyOf(counts.keySet());
    return words.stream().map(of -> row(of, labels)).toList();
  }

  private static float[] row(List<String> words, List<String> labels) {
    float[] row = new float[labels.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = words.contains(labels.get(i)) ? 1 : 0;
    }
    return row;
  }

  private static List<String> words(JsonNode fields) {
    List<String> words = new ArrayList<>();
    fields.path("labels").forEach(label -> words.add("label " + label.asText()));
    words.add("view " + fields.path("view").asText());
    words.add("source " + fields.path("source").asText());
    return words;
  }
}
