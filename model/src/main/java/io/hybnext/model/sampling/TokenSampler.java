package io.hybnext.model.sampling;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.RandomStreams;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.RotaryTable;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Draws image tokens with cached keys and values. One kernel call adds a row of the token grid, so
 * that the Java side costs nothing next to the network. An image depends on the weights, the
 * settings, the seed and its sample number, not on the batch it is drawn in, but for the rounding
 * of matrix products of other sizes. B = batch, N = image tokens, V = codebook entries. Used by one
 * thread at a time.
 */
public final class TokenSampler implements AutoCloseable {
  private static final int CACHE_MULTIPLE = 8;

  private final TorchEngine engine;
  private final TransformerConfig config;
  private final Precision precision;
  private final KernelModule kernels;

  /** Compiles the kernels of a network. */
  public TokenSampler(TorchEngine engine, TransformerConfig config, Precision precision) {
    this.engine = engine;
    this.config = config;
    this.precision = precision;
    KernelSource text = KernelSource.resource(TokenSampler.class, "sampling.ts");
    this.kernels =
        KernelModule.compile(
            engine,
            TransformerKernels.source(config.withDropout(0), precision)
                .followedBy(TokenChoice.text())
                .followedBy(text)
                .with("layers", config.nLayer())
                .with("ffn_dim", config.ffnDim()));
  }

  /** Told after every row of the token grid; may throw to give up. */
  @FunctionalInterface
  public interface Progress {
    /** {@code done} of {@code total} tokens of every image are there. */
    void tokens(int done, int total);
  }

  /**
   * Tokens and what they were chosen from.
   *
   * @param tokens (B)(N)
   * @param logits (B, N, V), after guidance, before temperature and filters
   */
  public record Traced(int[][] tokens, float[] logits) {}

  /**
   * Draws a batch of images.
   *
   * @param weights of the same network and precision
   * @param condition one a sample
   * @param seed of the noise
   * @param samples number of each sample; equal numbers draw equal noise
   * @return (B)(N) codebook indices in raster order
   * @throws IllegalArgumentException when a condition does not fit the network
   */
  public int[][] generate(
      ModelWeights weights,
      Condition condition,
      SamplingSettings settings,
      long seed,
      long[] samples,
      Progress progress) {
    try (Scope scope = engine.openScope("sampling")) {
      Run run = new Run(scope, weights, condition, settings, seed, samples);
      run.start();
      for (int done = 1; done < config.blockSize(); ) {
        progress.tokens(done, config.blockSize());
        done += run.extend(done, config.gridSize() - done % config.gridSize());
      }
      progress.tokens(config.blockSize(), config.blockSize());
      return run.result();
    }
  }

  /** As {@link #generate}, keeping the logits of every token. */
  public Traced trace(
      ModelWeights weights,
      Condition condition,
      SamplingSettings settings,
      long seed,
      long[] samples) {
    try (Scope scope = engine.openScope("sampling")) {
      Run run = new Run(scope, weights, condition, settings, seed, samples);
      int tokens = config.blockSize();
      int vocabulary = config.vocabSize();
      float[] logits = new float[samples.length * tokens * vocabulary];
      run.start();
      for (int done = 0; done < tokens; done++) {
        if (done > 0) {
          run.extend(done, 1);
        }
        float[] each = run.logits.toFloats();
        for (int row = 0; row < samples.length; row++) {
          int at = (row * tokens + done) * vocabulary;
          System.arraycopy(each, row * vocabulary, logits, at, vocabulary);
        }
      }
      return new Traced(run.result(), logits);
    }
  }

  /**
   * What tokens are drawn from: probabilities after temperature and filters.
   *
   * @param logits (rows, V')
   * @return (rows, V'), owned by {@code owner}
   */
  public Array probabilities(Scope owner, Array logits, SamplingSettings settings) {
    try (Array rates = rates(owner, settings);
        Array topK = owner.longs(new long[] {settings.topK()})) {
      return kernels.call(owner, "probabilities", logits, rates, topK);
    }
  }

  private static Array rates(Scope scope, SamplingSettings settings) {
    return scope.floats(
        new float[] {
          (float) settings.temperature(), (float) settings.topP(), (float) settings.cfgScale()
        },
        3);
  }

  @Override
  public void close() {
    kernels.close();
  }

  /** One batch being drawn; everything lies in its scope. */
  private final class Run {
    private final Scope scope;
    private final SamplingSettings settings;
    private final ConditionRows conditions;
    private final int batch;
    private final int guidedTokens;
    private final Array embeddings;
    private final Array head;
    private final List<Array> blocks = new ArrayList<>();
    private final List<Array> caches = new ArrayList<>();
    private final Array table;
    private final Array tokens;
    private final Array words;
    private final Array rates;
    private Array logits;

    Run(
        Scope scope,
        ModelWeights weights,
        Condition condition,
        SamplingSettings settings,
        long seed,
        long[] samples) {
      if (samples.length != condition.batchSize() || samples.length == 0) {
        throw new IllegalArgumentException(
            samples.length + " sample numbers for " + condition.batchSize() + " conditions");
      }
      this.scope = scope;
      this.settings = settings;
      this.batch = samples.length;
      this.guidedTokens = settings.guidedTokens(config.blockSize());
      int length = config.clsTokenNum() + config.blockSize();
      int cacheLength = (length + CACHE_MULTIPLE - 1) / CACHE_MULTIPLE * CACHE_MULTIPLE;
      conditions =
          ConditionRows.of(
              scope, kernels, config, weights, condition, guidedTokens > 0, cacheLength, precision);
      embeddings = weights.working(0);
      head = kernels.call(scope, "turn_head", weights.working(1 + config.nLayer()));
      int rows = guidedTokens > 0 ? 2 * batch : batch;
      for (int block = 0; block < config.nLayer(); block++) {
        blocks.add(kernels.call(scope, "turn_block", weights.working(1 + block)));
        caches.add(cache(rows, cacheLength));
        caches.add(cache(rows, cacheLength));
      }
      float[] rotary = new RotaryTable(config).rows(config.clsTokenNum(), config.blockSize(), 0);
      table = scope.floats(rotary, length, config.headDim() / 2, 2);
      tokens = scope.longs(new long[batch * config.blockSize()], batch, config.blockSize());
      words = words(seed, samples);
      rates = rates(scope, settings);
    }

    private Array cache(int rows, int length) {
      return scope.zeros(precision.elementType(), rows, config.nKvHead(), length, config.headDim());
    }

    /** (N, B): word i of a sample's row decides its token i. */
    private Array words(long seed, long[] samples) {
      long[] all = new long[config.blockSize() * batch];
      for (int row = 0; row < batch; row++) {
        long key = CounterRandom.key(seed, RandomStreams.SAMPLING, 0, samples[row]);
        for (int token = 0; token < config.blockSize(); token++) {
          all[token * batch + row] = CounterRandom.word(key, token);
        }
      }
      return scope.longs(all, config.blockSize(), batch);
    }

    private Array numbers(int begin, int count) {
      long guided = begin < guidedTokens ? 1 : 0;
      long greedy = settings.greedy() ? 1 : 0;
      return scope.longs(
          new long[] {config.clsTokenNum(), begin, count, guided, settings.topK(), greedy}, 6);
    }

    /** Fills the caches with the condition and draws the first token. */
    void start() {
      try (Array numbers = numbers(0, 1)) {
        logits =
            call(
                "prefill",
                conditions.prefillMask(),
                conditions.embedded(),
                head,
                blocks,
                caches,
                table,
                numbers,
                rates);
        kernels.call(scope, "first", tokens, words, logits, numbers, rates).close();
      }
    }

    /** Draws up to {@code atMost} tokens behind {@code done}; returns how many. */
    int extend(int done, int atMost) {
      int end = Math.min(config.blockSize(), done + atMost);
      if (done < guidedTokens) {
        end = Math.min(end, guidedTokens);
      }
      try (Array numbers = numbers(done, end - done)) {
        logits.close();
        logits =
            call(
                "run",
                conditions.columnMask(),
                tokens,
                words,
                embeddings,
                head,
                blocks,
                caches,
                table,
                numbers,
                rates);
      }
      return end - done;
    }

    private Array call(String method, Optional<Array> mask, Object... arguments) {
      if (mask.isEmpty()) {
        return kernels.call(scope, method, arguments);
      }
      Object[] more = Arrays.copyOf(arguments, arguments.length + 1);
      more[arguments.length] = mask.get();
      return kernels.call(scope, method + "_masked", more);
    }

    int[][] result() {
      long[] flat = tokens.toLongs();
      int[][] rows = new int[batch][config.blockSize()];
      for (int i = 0; i < flat.length; i++) {
        rows[i / config.blockSize()][i % config.blockSize()] = (int) flat[i];
      }
      return rows;
    }
  }
}
