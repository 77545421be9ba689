package io.hybnext.model.verify;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.lumina.LuminaSampler;
import io.hybnext.model.lumina.LuminaSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Greedy continuations of a Chameleon case: plain text, and an image through guidance, grammar and
 * filters. Keys: {@code gen_text_*}, {@code gen_image_cfg1_*}, {@code gen_image_cfg_*}; ids include
 * the prompt, closed scores are -1e30.
 */
final class ChameleonGeneration {
  private static final float CLOSED = -1e30f;

  private final ReferenceCase reference;
  private final Comparison compare;
  private final ChameleonConfig config;
  private final LuminaSettings image;

  ChameleonGeneration(ReferenceCase reference, Comparison compare, ChameleonConfig config) {
    this.reference = reference;
    this.compare = compare;
    this.config = config;
    var generation = reference.config().path("_generation");
    this.image =
        LuminaSettings.OFFICIAL
            .withCfgScale(generation.path("guidance_scale").asDouble(4))
            .withTopK(
                generation.path("image_top_k").asInt(2000), generation.path("text_top_k").asInt(10))
            .asGreedy();
  }

  void check(TorchEngine engine, Precision precision, ModelWeights weights) throws IOException {
    try (LuminaSampler sampler = new LuminaSampler(engine, config, precision)) {
      LuminaSettings plain = image.unconstrained().withTopK(0, 0);
      run(sampler, weights, "gen_prompt", "gen_text_ids", "gen_text_logits", plain);
      LuminaSettings unguided = image.withCfgScale(1);
      run(sampler, weights, "gen_image_prompt", "gen_image_cfg1_ids", "", unguided);
      run(sampler, weights, "gen_image_prompt", "gen_image_cfg_ids", "gen_image_cfg_scores", image);
    }
  }

  private void run(
      LuminaSampler sampler,
      ModelWeights weights,
      String promptKey,
      String idsKey,
      String scoresKey,
      LuminaSettings settings)
      throws IOException {
    if (!reference.has("io", promptKey) || !reference.has("io", idsKey)) {
      return;
    }
    int[] prompt =
        Arrays.stream(reference.longs("io", promptKey)).mapToInt(Math::toIntExact).toArray();
    long[] ids = reference.longs("io", idsKey);
    int length = ids.length - prompt.length;
    LuminaSampler.Traced traced =
        sampler.trace(weights, List.of(prompt), settings.upTo(length, false), 0, new long[1]);
    long[] tokens = Arrays.stream(traced.tokens().get(0)).asLongStream().toArray();
    if (!compare.narrow()) {
      compare.exact(idsKey, joined(prompt, tokens));
      open(scoresKey, scores(traced.scores()));
    } else if (reference.has("io", scoresKey)) {
      new TokenRuns(compare, config.vocabulary().size(), length, multiple(settings))
          .check(
              idsKey,
              Arrays.copyOfRange(ids, prompt.length, ids.length),
              tokens,
              scoresKey,
              reference.floats("io", scoresKey),
              scores(traced.scores()));
    }
  }

  private static double multiple(LuminaSettings settings) {
    return settings.guides() ? 2 * settings.cfgScale() - 1 : 1;
  }

  /** The same scores are closed, and the open ones are close. */
  private void open(String key, float[] scores) throws IOException {
    if (!reference.has("io", key)) {
      return;
    }
    float[] want = reference.floats("io", key);
    boolean[] counts = new boolean[want.length];
    int differing = Math.abs(want.length - scores.length);
    for (int i = 0; i < want.length && differing == 0; i++) {
      counts[i] = want[i] > TokenRuns.CLOSED;
      differing += counts[i] == scores[i] > TokenRuns.CLOSED ? 0 : 1;
    }
    if (differing == 0) {
      compare.add(compare.part(key, want, scores, counts));
    } else {
      String remark = differing + " scores are open on one side only";
      compare.add(new TensorResult("io/" + key, want.length, 0, 0, "same closed", false, remark));
    }
  }

  private static long[] joined(int[] prompt, long[] tokens) {
    long[] all = new long[prompt.length + tokens.length];
    Arrays.setAll(all, i -> i < prompt.length ? prompt[i] : tokens[i - prompt.length]);
    return all;
  }

  private float[] scores(List<float[]> steps) {
    int vocabulary = config.vocabulary().size();
    float[] all = new float[steps.size() * vocabulary];
    for (int step = 0; step < steps.size(); step++) {
      for (int i = 0; i < vocabulary; i++) {
        float score = steps.get(step)[i];
        all[step * vocabulary + i] = score == Float.NEGATIVE_INFINITY ? CLOSED : score;
      }
    }
    return all;
  }
}
