package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.sampling.TokenSampler;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.RotaryTable;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import io.hybnext.model.transformer.TransformerJson;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.verify.TrainingRun.Recipe;
import io.hybnext.model.verify.TrajectoryCheck.Trajectory;
import io.hybnext.model.verify.TransformerRun.Forward;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LlamaGen's transformer, conditioned on classes or captions. A new key of such a case is checked
 * when a line is added here; until then it is reported as not checked.
 */
final class LlamaGenCase implements CaseKind {
  private static final Pattern CLIPPED =
      Pattern.compile("adamw_clip" + KeyNumber.PATTERN + "_losses");

  private final ModelType type;

  private LlamaGenCase(ModelType type) {
    this.type = type;
  }

  static LlamaGenCase classConditional() {
    return new LlamaGenCase(ModelType.C2I);
  }

  static LlamaGenCase captionConditional() {
    return new LlamaGenCase(ModelType.T2I);
  }

  @Override
  public String name() {
    return "llamagen-" + type.setting();
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.has("n_layer") && config.path("model_type").asText("c2i").equals(type.setting());
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    TransformerConfig config = TransformerJson.read(reference.config()).withDropout(0);
    List<SafetensorsFile> files = List.of(reference.weights("model"));
    Checks checks = new Checks(engine, precision, reference, compare, config, files);
    checks.forward();
    checks.training();
    checks.trajectories();
  }

  /** The checks of one case. */
  private static final class Checks {
    private final TorchEngine engine;
    private final Precision precision;
    private final ReferenceCase reference;
    private final Comparison compare;
    private final TransformerConfig config;
    private final List<SafetensorsFile> files;
    private final List<int[]> tokens;
    private final Condition condition;
    private final Recipe recipe;

    Checks(
        TorchEngine engine,
        Precision precision,
        ReferenceCase reference,
        Comparison compare,
        TransformerConfig config,
        List<SafetensorsFile> files)
        throws IOException {
      this.engine = engine;
      this.precision = precision;
      this.reference = reference;
      this.compare = compare;
      this.config = config;
      this.files = files;
      CaseInputs inputs = new CaseInputs(reference, "");
      this.tokens = inputs.tokens(config);
      this.condition = inputs.condition(config);
      this.recipe = Recipe.of(reference.config().path("_optimizer"));
    }

    void forward() throws IOException {
      compare.forwardInFp32(
          "freqs_cis", new RotaryTable(config).rows(config.clsTokenNum(), config.blockSize(), 0));
      ParameterLayout layout = TransformerLayout.of(config);
      try (TransformerRun run = new TransformerRun(engine, precision, config, layout, files);
          TokenSampler sampler = new TokenSampler(engine, config, precision);
          Scope scope = run.openScope()) {
        plain(run, scope);
        masks(run, scope);
        withoutCondition(run, scope);
        GenerationCheck generation = new GenerationCheck(reference, compare, sampler, config);
        generation.generations(run.weights(), condition);
        generation.filters(scope);
      }
    }

    private void plain(TransformerRun run, Scope scope) throws IOException {
      Forward forward = run.forward(scope, tokens, condition, new boolean[0]);
      compare.forward("hidden_input", forward.input().toFloats());
      for (int block = 0; block < forward.blocks().size(); block++) {
        compare.forward("hidden_block" + (block + 1), forward.blocks().get(block).toFloats());
      }
      compare.forward("hidden_norm", forward.normed().toFloats());
      compare.forward("train_logits", run.logits(scope, forward));
      float loss = run.loss(scope, forward, tokens);
      compare.forward("train_loss", loss);
      compare.forward("train_loss_mean_reduction", loss);
    }

    /** Captions only: the mask itself, and the pass without it. */
    private void masks(TransformerRun run, Scope scope) throws IOException {
      if (!(condition instanceof Captions captions)) {
        return;
      }
      if (reference.has("io", "attn_mask")) {
        Array mask = run.network().mask(scope, captions, config.blockSize() - 1);
        float[] scores = mask.toFloats();
        byte[] open = new byte[scores.length];
        for (int i = 0; i < open.length; i++) {
          open[i] = (byte) (scores[i] == 0 ? 1 : 0);
        }
        compare.levels("attn_mask", open, 0);
      }
      if (reference.has("io", "nomask_logits") || reference.has("io", "nomask_loss")) {
        Condition unmasked = new Captions(captions.captions(), false);
        Forward forward = run.forward(scope, tokens, unmasked, new boolean[0]);
        compare.forward("nomask_logits", run.logits(scope, forward));
        compare.forward("nomask_loss", run.loss(scope, forward, tokens));
      }
    }

    /** Classes: sample 0 without its class. Captions: every sample without its caption. */
    private void withoutCondition(TransformerRun run, Scope scope) throws IOException {
      if (!reference.has("io", "null_logits") && !reference.has("io", "null_loss")) {
        return;
      }
      boolean[] dropped = new boolean[tokens.size()];
      Arrays.fill(dropped, 0, condition instanceof Captions ? dropped.length : 1, true);
      Forward forward = run.forward(scope, tokens, condition, dropped);
      compare.forward("null_loss", run.loss(scope, forward, tokens));
      if (reference.has("io", "null_logits")) {
        float[] logits = run.logits(scope, forward);
        int rows = (int) reference.shape("io", "null_logits")[0];
        int row = logits.length / tokens.size();
        compare.forward("null_logits", Arrays.copyOf(logits, rows * row));
      }
    }

    void training() throws IOException {
      try (TrainingRun run = trainingRun()) {
        TrainingRun.Pass pass = run.pass(run.batch(0, tokens, condition, none()));
        for (String parameter : reference.keys("grads")) {
          Optional<float[]> gradient = pass.gradient(parameter);
          if (gradient.isPresent()) {
            compare.gradient("grads", parameter, gradient.get());
          }
        }
        if (reference.has("io", "valid")) {
          float[] valid = reference.floats("io", "valid");
          TrainingRun.Pass weighed =
              run.pass(
                  run.batch(0, tokens, condition, none())
                      .withInput(new ImageTokens(tokens, condition).withValid(valid)));
          compare.forward("train_loss_valid", weighed.loss().nll());
          compare.gradient(
              "io", "grad_valid_output_weight", weighed.gradient("output.weight").orElseThrow());
        }
      }
    }

    private TrainingRun trainingRun() throws IOException {
      return new TrainingRun(engine, precision, config, TrainingRun.PLAIN, recipe, files);
    }

    private List<float[]> none() {
      return Collections.nCopies(tokens.size(), new float[0]);
    }

    void trajectories() throws IOException {
      trajectory(new Trajectory("adamw_losses", "grad_norms", after(""), Double.POSITIVE_INFINITY));
      for (String key : new TreeSet<>(reference.keys("io"))) {
        Matcher clipped = CLIPPED.matcher(key);
        if (clipped.matches()) {
          String clip = "clip" + clipped.group(1);
          trajectory(
              new Trajectory(
                  key, clip + "_grad_norms", after("_" + clip), KeyNumber.parse(clipped.group(1))));
        }
      }
    }

    private String after(String ending) {
      return reference.fileNames().stream()
          .filter(name -> name.matches("after\\d+" + Pattern.quote(ending)))
          .findFirst()
          .orElse("after3" + ending);
    }

    private void trajectory(Trajectory trajectory) throws IOException {
      TrajectoryCheck check = new TrajectoryCheck(reference, compare);
      if (check.present(trajectory)) {
        try (TrainingRun run = trainingRun()) {
          check.check(trajectory, run, step -> run.batch(step, tokens, condition, none()));
        }
      }
    }
  }
}
