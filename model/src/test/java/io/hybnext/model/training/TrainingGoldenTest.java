package io.hybnext.model.training;

import static io.hybnext.model.golden.GoldenCase.assertForward;
import static io.hybnext.model.golden.GoldenCase.assertGradient;
import static io.hybnext.model.golden.GoldenCase.assertUpdated;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.golden.GoldenCase;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Losses, gradients and AdamW trajectories against the originals' own numbers (tests/golden, cases
 * llamagen-c2i, llamagen-t2i, arra-llamagen). Conditions are never dropped: sample numbers are
 * chosen so, because the class table has its null row only with a drop probability above 0.
 */
class TrainingGoldenTest {
  private static final double RATE = 1e-3;
  private static final GoldenCase C2I = new GoldenCase("llamagen-c2i");
  private static final GoldenCase T2I = new GoldenCase("llamagen-t2i");
  private static final GoldenCase ARRA = new GoldenCase("arra-llamagen");

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldReproduceClassConditionalGradients(boolean recompute) {
    try (ArraTraining training = plain(C2I.config(), 1, recompute)) {
      C2I.load(training.weights(), "model");
      GradientBook book = new GradientBook(training.layout());
      Loss loss = training.forwardBackward(classes(C2I, "cond_idx", "z_indices", null), book);
      assertForward("train_loss", C2I.io("train_loss"), floats(loss.nll()));
      for (String name : C2I.names("grads")) {
        assertGradient(name, C2I.floats("grads", name), book.of(name));
      }
      assertForward("grad_norm", first(C2I.io("grad_norms")), floats(book.norm(true)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_clip1"})
  void shouldReproduceThreeStepsOfAdamW(String clip) {
    double clipNorm = clip.isEmpty() ? Double.POSITIVE_INFINITY : 1;
    float[] losses = C2I.io("adamw" + clip + "_losses");
    float[] norms = C2I.io(clip.isEmpty() ? "grad_norms" : "clip1_grad_norms");
    try (ArraTraining training = plain(C2I.config(), clipNorm, false)) {
      C2I.load(training.weights(), "model");
      TrainingBatch batch = classes(C2I, "cond_idx", "z_indices", null);
      for (int step = 0; step < 3; step++) {
        GradientBook book = new GradientBook(training.layout());
        Loss loss = training.forwardBackward(batch, book);
        assertForward("loss " + step, floats(losses[step]), floats(loss.nll()));
        assertForward("norm " + step, floats(norms[step]), floats(book.norm(true)));
        book.apply(training, clipScale(book, training.clipNorm()), step);
      }
      assertForward("loss 3", floats(losses[3]), floats(training.evaluate(batch).nll()));
      for (String name : C2I.names("after3" + clip)) {
        assertUpdated(
            name,
            C2I.floats("after3" + clip, name),
            training.weights().parameter(name).asFloatBuffer(),
            RATE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldReproduceCaptionConditionalGradients(boolean recompute) {
    try (ArraTraining training = plain(T2I.config(), 1, recompute)) {
      T2I.load(training.weights(), "model");
      TrainingBatch batch = captions(T2I, ((TransformerConfig) training.config().network()));
      GradientBook book = new GradientBook(training.layout());
      Loss loss = training.forwardBackward(batch, book);
      assertForward("train_loss", T2I.io("train_loss"), floats(loss.nll()));
      for (String name : T2I.names("grads")) {
        assertGradient(name, T2I.floats("grads", name), book.of(name));
      }
      GradientBook weighed = new GradientBook(training.layout());
      loss =
          training.forwardBackward(
              batch.withInput(((ImageTokens) batch.input()).withValid(T2I.io("valid"))), weighed);
      assertForward("train_loss_valid", T2I.io("train_loss_valid"), floats(loss.nll()));
      assertGradient(
          "grad_valid_output_weight",
          T2I.io("grad_valid_output_weight"),
          weighed.of("output.weight"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hybnext, layer1", "hybnext, layer2", "hybnext, lastpre", "hybnext, lastpost",
    "reppre, layer1", "reppre, layer2", "reppost, layer1", "reppost, layer2",
  })
  void shouldReproduceAlignment(String variant, String layer) {
    Positions positions =
        switch (variant) {
          case "reppre" -> Positions.REP_PRE;
          case "reppost" -> Positions.REP_POST;
          default -> Positions.PREDICTING_IMAGE;
        };
    for (boolean recompute : new boolean[] {false, true}) {
      try (ArraTraining training =
          training(
              ARRA.config().get("t2i"),
              arra(1, layer, positions),
              Double.POSITIVE_INFINITY,
              recompute)) {
        ARRA.load(training.weights(), "model", "projector");
        GradientBook book = new GradientBook(training.layout());
        Loss loss =
            training.forwardBackward(
                captions(ARRA, ((TransformerConfig) training.config().network())), book);
        String prefix = variant + "_" + layer;
        float[] ar = ARRA.io(variant.equals("hybnext") ? "ar_loss" : variant + "_ar_loss");
        assertForward("ar", ar, floats(loss.nll()));
        assertForward("gva", ARRA.io(prefix + "_gva"), floats(loss.gva()));
        assertForward("total", ARRA.io(prefix + "_total"), floats(loss.nll() + loss.gva()));
        expectGradients(prefix + "_lambda1/", book);
        assertTrue(book.complete());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.5", "1", "2"})
  void shouldWeighTheAlignment(String lambda) {
    double weight = Double.parseDouble(lambda);
    ArraConfig arra = arra(weight, "layer1", Positions.PREDICTING_IMAGE);
    try (ArraTraining training = training(ARRA.config().get("t2i"), arra, 1, false)) {
      ARRA.load(training.weights(), "model", "projector");
      GradientBook book = new GradientBook(training.layout());
      Loss loss =
          training.forwardBackward(
              captions(ARRA, ((TransformerConfig) training.config().network())), book);
      float[] total = ARRA.io("lambda" + lambda + "_total");
      assertForward("total", total, floats(loss.nll() + weight * loss.gva()));
      expectGradients("lambda" + lambda + "/", book);
    }
  }

  @Test
  void shouldReproduceClassConditionalAlignment() {
    ArraConfig arra = arra(1, "layer1", Positions.PREDICTING_IMAGE);
    try (ArraTraining training = training(ARRA.config().get("c2i"), arra, 1, false)) {
      ARRA.load(training.weights(), "model_c2i", "projector_c2i");
      GradientBook book = new GradientBook(training.layout());
      TrainingBatch batch = classes(ARRA, "c2i_cond_idx", "c2i_z_indices", "c2i_f_gf");
      Loss loss = training.forwardBackward(batch, book);
      assertForward("ar", ARRA.io("c2i_ar_loss"), floats(loss.nll()));
      assertForward("gva", ARRA.io("c2i_layer1_gva"), floats(loss.gva()));
      expectGradients("c2i_layer1_lambda1/", book);
    }
  }

  @Test
  void shouldReproduceThreeJointSteps() {
    ArraConfig arra = arra(1, "layer1", Positions.PREDICTING_IMAGE);
    float[] totals = ARRA.io("adamw_totals");
    try (ArraTraining training =
        training(ARRA.config().get("t2i"), arra, Double.POSITIVE_INFINITY, false)) {
      ARRA.load(training.weights(), "model", "projector");
      TrainingBatch batch = captions(ARRA, ((TransformerConfig) training.config().network()));
      for (int step = 0; step < 3; step++) {
        GradientBook book = new GradientBook(training.layout());
        Loss loss = training.forwardBackward(batch, book);
        assertForward("total " + step, floats(totals[step]), floats(loss.nll() + loss.gva()));
        book.apply(training, 1, step);
      }
      Evaluation after = training.evaluate(batch);
      assertForward("total 3", floats(totals[3]), floats(after.nll() + after.gva()));
      for (String name : ARRA.names("after3")) {
        assertUpdated(
            name,
            ARRA.floats("after3", name),
            training.weights().parameter(name).asFloatBuffer(),
            RATE);
      }
    }
  }

  private static void expectGradients(String prefix, GradientBook book) {
    for (String name : ARRA.names("grads")) {
      if (name.startsWith(prefix)) {
        String parameter = name.substring(prefix.length());
        assertGradient(name, ARRA.floats("grads", name), book.of(parameter));
      }
    }
  }

  private static float clipScale(GradientBook book, double clipNorm) {
    return (float) Math.min(1, clipNorm / (book.norm(true) + 1e-6));
  }

  private ArraTraining plain(JsonNode config, double clipNorm, boolean recompute) {
    return training(config, arra(0, "layer1", Positions.NONE), clipNorm, recompute);
  }

  private static ArraConfig arra(double lambda, String layer, Positions positions) {
    return new ArraConfig(lambda, AlignmentLayer.parse(layer.replace("layer", "")), positions, 32);
  }

  private ArraTraining training(
      JsonNode config, ArraConfig arra, double clipNorm, boolean recompute) {
    return new ArraTraining(
        engine,
        new TrainingConfig(
            TransformerJson.read(config),
            arra,
            AdamWConfig.LLAMAGEN.withClipNorm(clipNorm),
            LearningRate.constant(RATE),
            Precision.FP32,
            recompute,
            7));
  }

  private static TrainingBatch classes(
      GoldenCase golden, String labels, String tokens, String features) {
    List<int[]> rows = golden.rows(tokens, 16);
    List<Integer> classes = Arrays.stream(golden.rows(labels, rows.size()).get(0)).boxed().toList();
    return batch(golden, rows, new Classes(classes), features);
  }

  private static TrainingBatch captions(GoldenCase golden, TransformerConfig config) {
    Captions captions = new Captions(golden.captions(config.clsTokenNum(), config.captionDim()));
    return batch(golden, golden.rows("z_indices", 16), captions, golden == ARRA ? "f_gf" : null);
  }

  private static TrainingBatch batch(
      GoldenCase golden, List<int[]> tokens, Condition condition, String features) {
    List<float[]> rows = new ArrayList<>();
    float[] all = features == null ? new float[tokens.size() * 32] : golden.io(features);
    for (int row = 0; row < tokens.size(); row++) {
      rows.add(Arrays.copyOfRange(all, row * 32, (row + 1) * 32));
    }
    return new TrainingBatch(0, KeptSamples.first(7, tokens.size()), tokens, condition, rows);
  }

  private static float[] floats(double value) {
    return new float[] {(float) value};
  }

  private static float[] first(float[] values) {
    return new float[] {values[0]};
  }
}
