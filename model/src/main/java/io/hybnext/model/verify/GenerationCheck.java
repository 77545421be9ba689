package io.hybnext.model.verify;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.sampling.SamplingSettings;
import io.hybnext.model.sampling.TokenSampler;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.TransformerConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cached greedy generation and the filters of sampling. Keys: {@code gen_cfg<scale>[_interval<i>]
 * [_nomask]_tokens|logits} and {@code filter_t<temperature>_k<k>_p<p>_probs}.
 */
final class GenerationCheck {
  private static final Pattern RUN =
      Pattern.compile(
          "(gen_cfg" + KeyNumber.PATTERN + "(?:_interval(\\d+))?(_nomask)?)_(?:tokens|logits)");
  private static final Pattern FILTER =
      Pattern.compile("filter_t" + KeyNumber.PATTERN + "_k(\\d+)_p" + KeyNumber.PATTERN + "_probs");

  private final ReferenceCase reference;
  private final Comparison compare;
  private final TokenSampler sampler;
  private final TransformerConfig config;

  GenerationCheck(
      ReferenceCase reference, Comparison compare, TokenSampler sampler, TransformerConfig config) {
    this.reference = reference;
    this.compare = compare;
    this.sampler = sampler;
    this.config = config;
  }

  /** Checks every recorded generation. */
  void generations(ModelWeights weights, Condition condition) throws IOException {
    for (String key : new TreeSet<>(reference.keys("io"))) {
      Matcher run = RUN.matcher(key);
      boolean first =
          run.matches()
              && (key.endsWith("_tokens") || !reference.has("io", run.group(1) + "_tokens"));
      if (first) {
        check(run, weights, condition);
      }
    }
  }

  private void check(Matcher run, ModelWeights weights, Condition condition) throws IOException {
    int interval = run.group(3) == null ? -1 : Integer.parseInt(run.group(3));
    SamplingSettings settings =
        SamplingSettings.greedy(KeyNumber.parse(run.group(2))).withCfgInterval(interval);
    Condition used =
        run.group(4) != null && condition instanceof Captions captions
            ? new Captions(captions.captions(), false)
            : condition;
    long[] samples = new long[condition.batchSize()];
    TokenSampler.Traced traced = sampler.trace(weights, used, settings, 0, samples);
    long[] tokens =
        Arrays.stream(traced.tokens()).flatMapToInt(Arrays::stream).asLongStream().toArray();
    if (compare.narrow()) {
      untilDivergence(run.group(1), tokens, traced.logits());
    } else {
      compare.exact(run.group(1) + "_tokens", tokens);
      compare.forward(run.group(1) + "_logits", traced.logits());
    }
  }

  private void untilDivergence(String run, long[] tokens, float[] logits) throws IOException {
    String tokenKey = run + "_tokens";
    String logitKey = run + "_logits";
    if (reference.has("io", tokenKey) && reference.has("io", logitKey)) {
      new TokenRuns(compare, config.vocabSize(), config.blockSize(), 1)
          .check(
              tokenKey,
              reference.longs("io", tokenKey),
              tokens,
              logitKey,
              reference.floats("io", logitKey),
              logits);
    }
  }

  /** Checks every recorded filtering of {@code filter_in_logits} (rows, V'). */
  void filters(Scope scope) throws IOException {
    String input = "filter_in_logits";
    if (!reference.has("io", input)) {
      return;
    }
    float[] logits = reference.floats("io", input);
    Array device = scope.floats(logits, reference.shape("io", input));
    for (String key : new TreeSet<>(reference.keys("io"))) {
      Matcher filter = FILTER.matcher(key);
      if (filter.matches()) {
        SamplingSettings settings =
            SamplingSettings.guided(1)
                .withFilters(
                    KeyNumber.parse(filter.group(1)),
                    Integer.parseInt(filter.group(2)),
                    KeyNumber.parse(filter.group(3)));
        compare.forwardInFp32(key, sampler.probabilities(scope, device, settings).toFloats());
      }
    }
  }
}
