package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.kelix.BlockGeneration;
import io.hybnext.model.kelix.BlockInput;
import io.hybnext.model.kelix.BlockInput.ImageRows;
import io.hybnext.model.kelix.BlockSequence;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.kelix.NbpDecoder;
import io.hybnext.model.kelix.NbpPass;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.verify.TrainingRun.Recipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kelix's block language model: next-block prediction, its alignment, generation. */
final class NbpCase implements CaseKind {
  /** Parameters of the projector in {@code align}, under the names of ARRA's. */
  private static final Map<String, String> PROJECTOR =
      Map.of(
          "adaptor.layers.0.weight", "projector.W1",
          "adaptor.layers.0.bias", "projector.b1",
          "adaptor.layers.2.weight", "projector.W2",
          "adaptor.layers.2.bias", "projector.b2");

  @Override
  public String name() {
    return "kelix-nbp";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.path("model_class").asText().equals("KeyeARModel");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    new Checks(engine, precision, reference, compare).run();
  }

  /** The checks of one case. */
  private static final class Checks {
    private final TorchEngine engine;
    private final Precision precision;
    private final ReferenceCase reference;
    private final Comparison compare;
    private final NbpConfig config;
    private final NbpInputs inputs;
    private final BlockSequence sequence;

    Checks(TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
        throws IOException {
      this.engine = engine;
      this.precision = precision;
      this.reference = reference;
      this.compare = compare;
      this.config = NbpConfig.fromJson(reference.config());
      this.inputs = new NbpInputs(reference, config);
      this.sequence = inputs.sequence("in");
      reference.weights("model");
    }

    void run() throws IOException {
      compare.exact("expanded_ids", inputs.flat(sequence.rows()));
      inputs.labels(sequence, compare);
      boolean aligned = reference.fileNames().contains("align");
      ParameterLayout layout = aligned ? withProjector() : config.layout();
      try (ModelWeights weights = new ModelWeights(engine, layout, precision);
          NbpDecoder decoder =
              config.open(engine, precision, Objective.of(Positions.PREDICTING_IMAGE))) {
        load(weights);
        forward(decoder, weights);
        packed(decoder, weights);
        generation(decoder, weights);
        if (aligned) {
          alignment(decoder, weights);
        }
      }
      gradients(TrainingRun.PLAIN, "grads", "");
      if (aligned) {
        gradients(ArraConfig.standard(featureDim()), "align", "grad.");
      }
    }

    private int featureDim() throws IOException {
      return (int) reference.shape("align", "feature")[1];
    }

    private ParameterLayout withProjector() throws IOException {
      return config.layout().withProjector(config.width(), featureDim(), false);
    }

    private void load(ModelWeights weights) throws IOException {
      Map<String, float[]> projector = new LinkedHashMap<>();
      for (Map.Entry<String, String> name : PROJECTOR.entrySet()) {
        if (reference.has("align", name.getValue())) {
          projector.put(name.getKey(), reference.floats("align", name.getValue()));
        }
      }
      inputs.load(weights, projector);
    }

    private void forward(NbpDecoder decoder, ModelWeights weights) throws IOException {
      try (Scope scope = engine.openScope("verify")) {
        BucketArrays arrays = BucketArrays.working(weights);
        NbpPass pass = pass(decoder, scope, sequence);
        Array x = pass.embed(arrays);
        compare.forward("block_embeds", x.toFloats());
        compare.forward("hidden.0", x.toFloats());
        for (int layer = 0; layer < config.depth(); layer++) {
          x = pass.block(layer, x, arrays.block(layer));
          compare.forward("hidden." + (layer + 1), x.toFloats());
        }
        NbpPass.Decoded decoded = pass.everyRow(x, arrays);
        compare.forward("token_head_in", decoded.input().toFloats());
        compare.forward("token_head_out", decoded.output().toFloats());
        compare.forward("logits", decoded.logits().toFloats());
        compare.forward("loss", pass.loss(x, arrays).total().item());
        inputs.losses(sequence, pass.everyLoss(x, arrays), compare);
      }
    }

    private static NbpPass pass(NbpDecoder decoder, Scope scope, BlockSequence sequence) {
      return decoder.pass(scope, new BlockInput(List.of(sequence)), Noise.none(1));
    }

    private Array stack(NbpPass pass, BucketArrays arrays) {
      Array x = pass.embed(arrays);
      for (int layer = 0; layer < config.depth(); layer++) {
        x = pass.block(layer, x, arrays.block(layer));
      }
      return x;
    }

    /** Two documents in one sequence: positions begin anew, attention stays inside each. */
    private void packed(NbpDecoder decoder, ModelWeights weights) throws IOException {
      if (!reference.has("io", "packed.input_ids")) {
        return;
      }
      try (Scope scope = engine.openScope("verify")) {
        BucketArrays arrays = BucketArrays.working(weights);
        NbpPass pass = pass(decoder, scope, inputs.sequence("packed"));
        Array x = stack(pass, arrays);
        compare.forward("packed.logits", pass.everyRow(x, arrays).logits().toFloats());
        compare.forward("packed.loss", pass.loss(x, arrays).total().item());
      }
    }

    private void generation(NbpDecoder decoder, ModelWeights weights) throws IOException {
      if (!reference.has("io", "gen.prompt_ids")) {
        return;
      }
      long[] prompt = reference.longs("io", "gen.prompt_ids");
      int most = reference.config().path("generation").path("max_new_tokens").asInt();
      try (BlockGeneration generation = new BlockGeneration(engine, config, precision)) {
        BlockGeneration.Generated made =
            generation.greedy(weights, inputs.textRows(prompt), most + 1);
        compare.exact("gen.ids", inputs.flat(made.rows()));
        compare.exact("gen.image_codes", inputs.imageCodes(made.rows()));
        compare.forward("gen.hidden", made.states());
      }
      if (reference.has("io", "gen.teacher_forced_logits")) {
        int[][] rows = inputs.rows("io", "gen.ids");
        boolean[] all = new boolean[rows.length];
        Arrays.fill(all, true);
        try (Scope scope = engine.openScope("verify")) {
          BucketArrays arrays = BucketArrays.working(weights);
          NbpPass pass = pass(decoder, scope, new BlockSequence(rows, all));
          float[] logits = pass.everyRow(stack(pass, arrays), arrays).logits().toFloats();
          compare.forward("gen.teacher_forced_logits", logits);
        }
      }
    }

    private void alignment(NbpDecoder decoder, ModelWeights weights) throws IOException {
      int projector = weights.layout().projectorBucket();
      ParameterLayout.Bucket bucket = weights.layout().buckets().get(projector);
      ArraConfig arra = ArraConfig.standard(featureDim());
      try (Alignment alignment = new Alignment(engine, arra, bucket, precision);
          Scope scope = engine.openScope("verify")) {
        BucketArrays arrays = BucketArrays.working(weights);
        NbpPass pass = pass(decoder, scope, sequence);
        Array hidden = pass.block(0, pass.embed(arrays), arrays.block(0));
        Array flat = arrays.projector();
        float[] feature = reference.floats("align", "feature");
        Array target = scope.floats(feature, 1, feature.length);
        compare.forwardOf(
            "align", "projected", alignment.projected(scope, hidden, flat).toFloats());
        AlignedPositions.Range every = new AlignedPositions.Range(0, sequence.length());
        compare.forwardOf(
            "align", "cosine", alignment.cosines(scope, hidden, flat, target, every).toFloats());
        for (ImageRows which : ImageRows.values()) {
          String mode = which == ImageRows.PREDICTING ? "predicting" : "reading";
          AlignedPositions.Rows rows = pass.aligned(which);
          long[] mask = new long[sequence.length()];
          for (long row : rows.flat()) {
            mask[(int) row] = 1;
          }
          compare.exactOf("align", "mask." + mode, mask);
          float term = alignment.gva(scope, hidden, flat, target, rows).item();
          compare.forwardOf("align", "loss." + mode, new float[] {term});
        }
      }
    }

    /** The way that training takes: block by block. */
    private void gradients(ArraConfig arra, String file, String prefix) throws IOException {
      Recipe recipe = Recipe.of(reference.config().path("_optimizer"));
      TrainingRun.Loader loader =
          arra.active() ? this::load : weights -> inputs.load(weights, Map.of());
      try (TrainingRun run = new TrainingRun(engine, precision, config, arra, recipe, loader)) {
        List<float[]> features = new ArrayList<>();
        features.add(arra.active() ? reference.floats("align", "feature") : new float[1]);
        BlockInput input = new BlockInput(List.of(sequence));
        TrainingRun.Pass pass = run.pass(new TrainingBatch(0, new long[1], input, features));
        for (String key : reference.keys(file)) {
          if (!key.startsWith(prefix)) {
            continue;
          }
          String name = key.substring(prefix.length());
          Optional<float[]> gradient = pass.gradient(arraName(name));
          if (gradient.isPresent()) {
            compare.gradient(file, key, gradient.get());
          }
        }
        if (arra.active()) {
          double total = reference.floats("io", "loss")[0] + pass.loss().gva();
          compare.forwardOf("align", "total", new float[] {(float) total});
        }
      }
    }

    private static String arraName(String name) {
      return PROJECTOR.entrySet().stream()
          .filter(entry -> entry.getValue().equals(name))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse(name);
    }
  }
}
