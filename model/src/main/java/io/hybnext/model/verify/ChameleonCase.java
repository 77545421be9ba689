package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.chameleon.ChameleonPass;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.optimiser.EpochLearningRate;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.verify.TrainingRun.Recipe;
import io.hybnext.model.verify.TrajectoryCheck.Trajectory;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chameleon's decoder with the official ARRA loss: next-token loss, z-loss and the alignment of the
 * official slice.
 */
final class ChameleonCase implements CaseKind {
  @Override
  public String name() {
    return "chameleon-arra";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.path("model_type").asText().equals("chameleon") && config.has("_arra");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    Checks checks = new Checks(engine, precision, reference, compare);
    checks.vocabulary();
    checks.schedules();
    checks.forward();
    checks.losses();
    checks.trajectories();
  }

  /** The checks of one case. */
  private static final class Checks {
    private static final Pattern DEEPER = Pattern.compile("gva_loss_hidden_states_(\\d+)");
    private static final Pattern TOTALS =
        Pattern.compile("(adamw_(lr" + KeyNumber.PATTERN + ")_)totals");

    private final TorchEngine engine;
    private final Precision precision;
    private final ReferenceCase reference;
    private final Comparison compare;
    private final ChameleonConfig config;
    private final List<SafetensorsFile> files;
    private final Recipe recipe;
    private final double clip;

    Checks(TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
        throws IOException {
      this.engine = engine;
      this.precision = precision;
      this.reference = reference;
      this.compare = compare;
      SafetensorsFile model = reference.weights("model");
      this.files = List.of(model);
      JsonNode json = reference.config();
      int slice = json.path("_arra").path("slice_end").asInt(-1) - sliceStart(json);
      this.config =
          ChameleonJson.read(json)
              .withDropout(0)
              .withNormRows(Math.toIntExact(normRows(model)))
              .withSliceLength(slice);
      this.recipe = Recipe.of(json.path("_optimizer"));
      this.clip = json.path("_optimizer").path("clip_grad").asDouble(Double.POSITIVE_INFINITY);
    }

    private static int sliceStart(JsonNode json) {
      return json.path("_arra").path("slice_start").asInt(-1 - ChameleonConfig.OFFICIAL_SLICE);
    }

    private static long normRows(SafetensorsFile model) throws IOException {
      return model.entry("model.layers.0.self_attn.q_norm.weight").shape()[0];
    }

    private ArraConfig arra(AlignmentLayer layer) throws IOException {
      int width = (int) reference.shape("io", "f_gf")[1];
      double lambda = reference.config().path("_arra").path("weight").asDouble(1);
      double zLoss = reference.config().path("z_loss_weight").asDouble(0);
      return new ArraConfig(lambda, layer, Positions.OFFICIAL_SLICE, width).withZLoss(zLoss, true);
    }

    private AlignmentLayer layer() {
      return layer(reference.config().path("_arra").path("layer_idx").asInt(1));
    }

    /** The list of hidden states ends with the one behind the final norm. */
    private AlignmentLayer layer(int index) {
      return index == config.numHiddenLayers()
          ? new AlignmentLayer(AlignmentLayer.LAST, true)
          : AlignmentLayer.block(index);
    }

    private TokenSequences sequences(String prefix) throws IOException {
      int length = (int) reference.shape("io", prefix + "input_ids")[1];
      List<int[]> ids = CaseInputs.intRows(reference.longs("io", prefix + "input_ids"), length);
      List<int[]> labels = CaseInputs.intRows(reference.longs("io", prefix + "labels"), length);
      if (reference.has("io", prefix + "lengths")) {
        long[] lengths = reference.longs("io", prefix + "lengths");
        return new TokenSequences(cut(ids, lengths), cut(labels, lengths));
      }
      return new TokenSequences(ids, labels);
    }

    private static List<int[]> cut(List<int[]> rows, long[] lengths) {
      int[][] cut = new int[rows.size()][];
      Arrays.setAll(cut, row -> Arrays.copyOf(rows.get(row), (int) lengths[row]));
      return List.of(cut);
    }

    private TrainingBatch batch(String prefix) throws IOException {
      List<float[]> features = new CaseInputs(reference, "").rows("f_gf");
      TokenSequences sequences = sequences(prefix);
      return new TrainingBatch(0, new long[sequences.batchSize()], sequences, features);
    }

    void vocabulary() throws IOException {
      if (reference.has("io", "img_codes")) {
        long[] ids = reference.longs("io", "img_codes").clone();
        Arrays.setAll(ids, i -> config.vocabulary().idOfCode((int) ids[i]));
        compare.exact("bpe_of_img_code", ids);
      }
    }

    /** The recipe's numbers: 2e-5, warm-up over 0.01 epochs, 10 epochs, constant or down to 0. */
    void schedules() throws IOException {
      if (reference.has("io", "lr_schedule_epochs")) {
        float[] epochs = reference.floats("io", "lr_schedule_epochs");
        compare.closedForm("lr_schedule_recipe", rates(epochs, 2e-5));
        compare.closedForm("lr_schedule_min0", rates(epochs, 0));
      }
    }

    private static float[] rates(float[] epochs, double least) {
      EpochLearningRate schedule = new EpochLearningRate(2e-5, 0.01, 10, least, 1);
      float[] rates = new float[epochs.length];
      for (int i = 0; i < rates.length; i++) {
        rates[i] = (float) schedule.atEpoch(Double.parseDouble(Float.toString(epochs[i])));
      }
      return rates;
    }

    void forward() throws IOException {
      ArraConfig arra = arra(layer());
      ParameterLayout layout =
          config.layout().withProjector(config.width(), arra.featureDim(), false);
      try (ModelWeights weights = new ModelWeights(engine, layout, precision);
          Decoder decoder = config.open(engine, precision, arra.objective());
          Alignment alignment =
              new Alignment(
                  engine, arra, layout.buckets().get(layout.projectorBucket()), precision);
          Scope scope = engine.openScope("verify")) {
        CaseWeights.load(weights, files);
        TokenSequences sequences = sequences("");
        ChameleonPass pass =
            (ChameleonPass) decoder.pass(scope, sequences, Noise.none(sequences.batchSize()));
        BucketArrays flats = BucketArrays.working(weights);
        Array x = pass.embed(flats);
        for (int block = 0; block < config.numHiddenLayers(); block++) {
          x = pass.block(block, x, flats.block(block));
          if (block + 1 == layer().blockIn(config.numHiddenLayers())) {
            compare.forward("hidden_states_" + (block + 1), x.toFloats());
            Array projected = alignment.projected(scope, x, flats.projector());
            compare.forward("projected", rows(projected, pass.aligned()));
          }
        }
        compare.forward("final_hidden", pass.finalNorm(x, flats.head()).toFloats());
        float[] logits = pass.logits(x, flats.head()).toFloats();
        compare.forward("logits", Arrays.copyOf(logits, logits.length / sequences.batchSize()));
        new ChameleonGeneration(reference, compare, config).check(engine, precision, weights);
      }
    }

    private static float[] rows(Array projected, AlignedPositions positions) {
      AlignedPositions.Rows rows = (AlignedPositions.Rows) positions;
      int width = (int) projected.size(2);
      float[] all = projected.toFloats();
      float[] selected = new float[rows.flat().length * width];
      for (int i = 0; i < rows.flat().length; i++) {
        System.arraycopy(all, (int) rows.flat()[i] * width, selected, i * width, width);
      }
      return selected;
    }

    private TrainingRun run(AlignmentLayer layer, Recipe with) throws IOException {
      return new TrainingRun(engine, precision, config, arra(layer), with, files);
    }

    void losses() throws IOException {
      try (TrainingRun run = run(layer(), recipe)) {
        TrainingRun.Pass pass = run.pass(batch(""));
        terms("", run, pass);
        compare.forward("grad_norm", pass.norm());
        for (String key : reference.keys("grads")) {
          Optional<float[]> gradient = pass.gradient(key);
          if (gradient.isPresent()) {
            compare.gradient("grads", key, gradient.get());
          }
        }
        if (reference.has("io", "ragged_input_ids")) {
          terms("ragged_", run, run.pass(batch("ragged_")));
        }
      }
      for (String key : new TreeSet<>(reference.keys("io"))) {
        Matcher deeper = DEEPER.matcher(key);
        if (deeper.matches()) {
          try (TrainingRun run = run(layer(Integer.parseInt(deeper.group(1))), recipe)) {
            compare.forward(key, run.pass(batch("")).loss().gva());
          }
        }
      }
    }

    private void terms(String prefix, TrainingRun run, TrainingRun.Pass pass) throws IOException {
      compare.forward(prefix + "ar_loss", pass.loss().nll());
      compare.forward(prefix + "z_loss", pass.loss().zLoss());
      compare.forward(prefix + "gva_loss", pass.loss().gva());
      compare.forward(prefix + "total_loss", run.total(pass.loss()));
    }

    void trajectories() throws IOException {
      TrajectoryCheck check = new TrajectoryCheck(reference, compare);
      for (String key : new TreeSet<>(reference.keys("io"))) {
        Matcher totals = TOTALS.matcher(key);
        if (totals.matches()) {
          String norms = totals.group(1) + "grad_norms";
          Trajectory trajectory = new Trajectory(key, norms, "after3", totals.group(2) + "/", clip);
          TrainingBatch batch = batch("");
          try (TrainingRun run = run(layer(), recipe.at(KeyNumber.parse(totals.group(3))))) {
            check.check(trajectory, run, step -> batch);
          }
        }
      }
    }
  }
}
