package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerJson;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.verify.TrainingRun.Recipe;
import io.hybnext.model.verify.TrajectoryCheck.Trajectory;
import io.hybnext.model.verify.TransformerRun.Forward;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LlamaGen's transformer with ARRA's alignment term: {@code t2i} with its variants of positions,
 * layers and weights, and {@code c2i}. Which combinations there are, the keys say.
 */
final class ArraCase implements CaseKind {
  @Override
  public String name() {
    return "arra-llamagen";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.has("arra") && (config.has("t2i") || config.has("c2i"));
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    for (String half : List.of("t2i", "c2i")) {
      if (reference.config().has(half)) {
        Half checks = new Half(engine, precision, reference, compare, half);
        checks.states();
        for (ArraKeys.Combination combination : ArraKeys.combinations(reference, half)) {
          checks.combination(combination);
        }
        checks.trajectory();
      }
    }
  }

  /** The checks of one conditioning. */
  private static final class Half {
    private static final Pattern STATES =
        Pattern.compile("(hidden|projected|cos)_(" + ArraKeys.LAYER + ")");

    private final TorchEngine engine;
    private final Precision precision;
    private final ReferenceCase reference;
    private final Comparison compare;
    private final boolean captions;
    private final TransformerConfig config;
    private final List<SafetensorsFile> files;
    private final List<int[]> tokens;
    private final Condition condition;
    private final List<float[]> features;
    private final Recipe recipe;

    Half(
        TorchEngine engine,
        Precision precision,
        ReferenceCase reference,
        Comparison compare,
        String half)
        throws IOException {
      this.engine = engine;
      this.precision = precision;
      this.reference = reference;
      this.compare = compare;
      this.captions = half.equals("t2i");
      this.config = TransformerJson.read(reference.config().get(half)).withDropout(0);
      String ending = captions ? "" : "_" + half;
      this.files =
          List.of(reference.weights("model" + ending), reference.weights("projector" + ending));
      CaseInputs inputs = new CaseInputs(reference, captions ? "" : half + "_");
      this.tokens = inputs.tokens(config);
      this.condition = inputs.condition(config);
      this.features = inputs.rows("f_gf");
      this.recipe = Recipe.of(reference.config().path("_optimizer"));
    }

    private ArraConfig arra(double lambda, AlignmentLayer layer, Positions positions) {
      return new ArraConfig(lambda, layer, positions, features.get(0).length);
    }

    /** Hidden states, their projections and cosines; kept for captions only. */
    void states() throws IOException {
      if (!captions) {
        return;
      }
      ArraConfig arra = arra(1, AlignmentLayer.block(1), Positions.PREDICTING_IMAGE);
      ParameterLayout layout =
          TransformerLayout.of(config).withProjector(config.dim(), arra.featureDim(), false);
      int projector = layout.buckets().size() - 1;
      try (TransformerRun run = new TransformerRun(engine, precision, config, layout, files);
          Alignment alignment =
              new Alignment(engine, arra, layout.buckets().get(projector), precision);
          Scope scope = run.openScope()) {
        mask(run, scope);
        Forward forward = run.forward(scope, tokens, condition, new boolean[0]);
        Array weights = run.weights().working(projector);
        for (String key : new TreeSet<>(reference.keys("io"))) {
          Matcher states = STATES.matcher(key);
          if (states.matches()) {
            Array hidden = hidden(forward, ArraKeys.layer(states.group(2)));
            compare.forward(key, states(scope, states.group(1), alignment, hidden, weights));
          }
        }
      }
    }

    private void mask(TransformerRun run, Scope scope) throws IOException {
      if (reference.has("io", "attn_mask")) {
        float[] scores =
            run.network().mask(scope, (Captions) condition, config.blockSize() - 1).toFloats();
        byte[] open = new byte[scores.length];
        for (int i = 0; i < open.length; i++) {
          open[i] = (byte) (scores[i] == 0 ? 1 : 0);
        }
        compare.levels("attn_mask", open, 0);
      }
    }

    private Array hidden(Forward forward, AlignmentLayer layer) {
      return layer.normed()
          ? forward.normed()
          : forward.blocks().get(layer.blockIn(config.nLayer()) - 1);
    }

    private float[] states(
        Scope scope, String what, Alignment alignment, Array hidden, Array weights) {
      SequenceShape shape = SequenceShape.of(config);
      return switch (what) {
        case "hidden" -> hidden.toFloats();
        case "projected" ->
            TransformerRun.positions(
                alignment.projected(scope, hidden, weights).toFloats(),
                tokens.size(),
                shape.length(),
                shape.firstPredicting(),
                shape.imageTokens());
        default ->
            alignment
                .cosines(
                    scope,
                    hidden,
                    weights,
                    features(scope),
                    shape.aligned(Positions.PREDICTING_IMAGE))
                .toFloats();
      };
    }

    private Array features(Scope scope) {
      int width = features.get(0).length;
      float[] flat = new float[features.size() * width];
      for (int row = 0; row < features.size(); row++) {
        System.arraycopy(features.get(row), 0, flat, row * width, width);
      }
      return scope.floats(flat, features.size(), width);
    }

    private TrainingRun trainingRun(ArraConfig arra) throws IOException {
      return new TrainingRun(engine, precision, config, arra, recipe, files);
    }

    private TrainingBatch batch(TrainingRun run, long step) {
      return run.batch(step, tokens, condition, features);
    }

    void combination(ArraKeys.Combination combination) throws IOException {
      ArraConfig arra = arra(combination.lambda(), combination.layer(), combination.positions());
      try (TrainingRun run = trainingRun(arra)) {
        TrainingRun.Pass pass = run.pass(batch(run, 0));
        double total = pass.loss().nll() + combination.lambda() * pass.loss().gva();
        for (String key : combination.nllKeys()) {
          compareOnce(key, pass.loss().nll());
        }
        for (String key : combination.gvaKeys()) {
          compareOnce(key, pass.loss().gva());
        }
        for (String key : combination.totalKeys()) {
          compareOnce(key, total);
        }
        for (String key : reference.keys("grads")) {
          int slash = key.indexOf('/');
          if (slash > 0 && combination.gradientGroups().contains(key.substring(0, slash))) {
            Optional<float[]> gradient = pass.gradient(key.substring(slash + 1));
            if (gradient.isPresent()) {
              compare.gradient("grads", key, gradient.get());
            }
          }
        }
      }
    }

    /** Several combinations give the same next-token loss: the first one counts. */
    private void compareOnce(String key, double value) throws IOException {
      String name = "io/" + key;
      if (compare.results().stream().noneMatch(result -> result.name().equals(name))) {
        compare.forward(key, value);
      }
    }

    /** Recorded for captions, alignment behind block 1, weight 1, projector trained jointly. */
    void trajectory() throws IOException {
      TrajectoryCheck check = new TrajectoryCheck(reference, compare);
      String after =
          reference.fileNames().stream()
              .filter(name -> name.matches("after\\d+"))
              .findFirst()
              .orElse("after3");
      Trajectory trajectory =
          new Trajectory("adamw_totals", "adamw_grad_norms", after, Double.POSITIVE_INFINITY);
      if (captions && check.present(trajectory)) {
        ArraConfig arra = arra(1, AlignmentLayer.block(1), Positions.PREDICTING_IMAGE);
        try (TrainingRun run = trainingRun(arra)) {
          check.check(trajectory, run, step -> batch(run, step));
        }
      }
    }
  }
}
