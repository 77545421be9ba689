package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.qwen.LeftPadded;
import io.hybnext.model.qwen.QwenConfig;
import io.hybnext.model.qwen.QwenDecoder;
import io.hybnext.model.qwen.QwenGeneration;
import io.hybnext.model.qwen.QwenPass;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.verify.TrainingRun.Recipe;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Qwen3 as a language model, in Hugging Face's naming. */
final class QwenCase implements CaseKind {
  @Override
  public String name() {
    return "qwen3-backbone";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.path("model_type").asText().equals("qwen3");
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
    private final QwenConfig config;
    private final List<SafetensorsFile> files;
    private final TokenSequences batch;

    Checks(TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
        throws IOException {
      this.engine = engine;
      this.precision = precision;
      this.reference = reference;
      this.compare = compare;
      this.config = QwenConfig.fromJson(reference.config());
      this.files = List.of(reference.weights("model"));
      this.batch = new TokenSequences(rows("in.input_ids"), rows("in.labels"));
    }

    private List<int[]> rows(String key) throws IOException {
      int length = (int) reference.shape("io", key)[1];
      return CaseInputs.intRows(reference.longs("io", key), length);
    }

    void run() throws IOException {
      try (ModelWeights weights = new ModelWeights(engine, config.layout(), precision)) {
        CaseWeights.load(weights, files);
        forward(weights);
        generation(weights);
      }
      gradients();
    }

    private void forward(ModelWeights weights) throws IOException {
      try (QwenDecoder decoder = config.open(engine, precision, Objective.of(Positions.NONE));
          Scope scope = engine.openScope("verify")) {
        BucketArrays arrays = BucketArrays.working(weights);
        QwenPass pass = decoder.pass(scope, batch, Noise.none(batch.batchSize()));
        Array x = pass.embed(arrays);
        compare.forward("hidden.0", x.toFloats());
        for (int layer = 0; layer < config.layers(); layer++) {
          x = pass.block(layer, x, arrays.block(layer));
          boolean last = layer + 1 == config.layers();
          Array state = last ? pass.finalNorm(x, arrays.head()) : x;
          compare.forward("hidden." + (layer + 1), state.toFloats());
        }
        compare.forward("logits", pass.logits(x, arrays).toFloats());
        compare.forward("loss", pass.loss(x, arrays).nll());
        if (reference.has("io", "pad.logits")) {
          padded(scope, decoder, arrays);
        }
      }
    }

    /** Counts only where a symbol stands: padding gives what it gives. */
    private void padded(Scope scope, QwenDecoder decoder, BucketArrays arrays) throws IOException {
      List<int[]> open = rows("pad.attention_mask");
      reference.skip("io", "pad.position_ids"); // what the padding implies
      int[] padding = open.stream().mapToInt(Checks::zeros).toArray();
      LeftPadded input = new LeftPadded(batch, padding);
      QwenPass pass = decoder.pass(scope, input, Noise.none(input.batchSize()));
      Array x = pass.embed(arrays);
      for (int layer = 0; layer < config.layers(); layer++) {
        x = pass.block(layer, x, arrays.block(layer));
      }
      float[] logits = pass.logits(x, arrays).toFloats();
      int length = batch.longest();
      boolean[] counts = new boolean[logits.length];
      for (int i = 0; i < counts.length; i++) {
        int position = i / config.vocabSize();
        counts[i] = open.get(position / length)[position % length] == 1;
      }
      compare.add(compare.part("pad.logits", reference.floats("io", "pad.logits"), logits, counts));
    }

    private static int zeros(int[] mask) {
      return (int) Arrays.stream(mask).filter(value -> value == 0).count();
    }

    private void generation(ModelWeights weights) throws IOException {
      if (!reference.has("io", "gen.prompt_ids")) {
        return;
      }
      int[] prompt = rows("gen.prompt_ids").get(0);
      int[] wanted = rows("gen.ids").get(0);
      try (QwenGeneration generation = new QwenGeneration(engine, config, precision)) {
        QwenGeneration.Continuation made =
            generation.greedy(weights, prompt, wanted.length - prompt.length);
        float[] logits = new float[made.logits().size() * config.vocabSize()];
        for (int step = 0; step < made.logits().size(); step++) {
          System.arraycopy(
              made.logits().get(step), 0, logits, step * config.vocabSize(), config.vocabSize());
        }
        long[] ids = Arrays.stream(made.ids()).asLongStream().toArray();
        new GreedyCheck(reference, compare)
            .check("gen.ids", ids, "gen.step_logits", logits, prompt.length);
      }
    }

    /** The way that training takes: block by block. */
    private void gradients() throws IOException {
      Recipe recipe = Recipe.of(reference.config().path("_optimizer"));
      try (TrainingRun run =
          new TrainingRun(engine, precision, config, TrainingRun.PLAIN, recipe, files)) {
        List<float[]> none = Collections.nCopies(batch.batchSize(), new float[0]);
        long[] numbers = new long[batch.batchSize()];
        TrainingRun.Pass pass = run.pass(new TrainingBatch(0, numbers, batch, none));
        for (String parameter : reference.keys("grads")) {
          Optional<float[]> gradient = pass.gradient(parameter);
          if (gradient.isPresent()) {
            compare.gradient("grads", parameter, gradient.get());
          }
        }
      }
    }
  }
}
