package io.hybnext.model.lumina;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonKernels;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.sampling.TokenChoice;
import java.util.ArrayList;
import java.util.List;

/**
 * Continues sequences of text and images with cached keys and values. Inside an image only what the
 * grammar allows may follow, and guidance compares with a stream that sees the sequence from the
 * image start on, with positions and a cache of its own. What a sequence becomes depends on the
 * weights, the settings, the seed and its sample number, not on the batch it is drawn in, but for
 * the rounding of matrix products of other sizes. Used by one thread at a time.
 */
public final class LuminaSampler implements AutoCloseable {
  private final TorchEngine engine;
  private final ChameleonConfig config;
  private final Precision precision;
  private final KernelModule kernels;

  /** Compiles the kernels of a network. */
  public LuminaSampler(TorchEngine engine, ChameleonConfig config, Precision precision) {
    this.engine = engine;
    this.config = config;
    this.precision = precision;
    KernelSource text = KernelSource.resource(LuminaSampler.class, "interleaved.ts");
    this.kernels =
        KernelModule.compile(
            engine,
            ChameleonKernels.source(config.withDropout(0), precision, precision)
                .followedBy(TokenChoice.text())
                .followedBy(text)
                .with("layers", config.numHiddenLayers()));
  }

  /** Told after every token; may throw to give up. */
  @FunctionalInterface
  public interface Progress {
    /** {@code done} of at most {@code atMost} new tokens of every sequence are there. */
    void tokens(int done, int atMost);
  }

  /**
   * New tokens and what they were chosen from.
   *
   * @param tokens (B) continuations
   * @param scores (steps)(B times V), after guidance, grammar and filters, before temperature
   */
  public record Traced(List<int[]> tokens, List<float[]> scores) {}

  /**
   * Continues a batch of sequences.
   *
   * @param weights of the same network and precision
   * @param prompts (B) ids, of any lengths
   * @param seed of the noise
   * @param samples number of each sequence; equal numbers draw equal noise
   * @return the continuations, prompts not included
   * @throws IllegalArgumentException when a prompt leaves no room
   */
  public List<int[]> generate(
      ModelWeights weights,
      List<int[]> prompts,
      LuminaSettings settings,
      long seed,
      long[] samples,
      Progress progress) {
    return run(weights, prompts, settings, seed, samples, progress, null);
  }

  /** As {@link #generate}, keeping the scores of every token. */
  public Traced trace(
      ModelWeights weights,
      List<int[]> prompts,
      LuminaSettings settings,
      long seed,
      long[] samples) {
    List<float[]> scores = new ArrayList<>();
    List<int[]> tokens =
        run(weights, prompts, settings, seed, samples, (done, atMost) -> {}, scores);
    return new Traced(tokens, scores);
  }

  private List<int[]> run(
      ModelWeights weights,
      List<int[]> prompts,
      LuminaSettings settings,
      long seed,
      long[] samples,
      Progress progress,
      List<float[]> kept) {
    try (Scope scope = engine.openScope("sampling")) {
      Continuations sequences = new Continuations(config, prompts, settings, seed, samples);
      CachedDecoder decoder =
          new CachedDecoder(
              scope, kernels, config, precision, weights, sequences.rows(), sequences.slots());
      GrammarChoice choice = new GrammarChoice(kernels, config, settings);
      while (!sequences.finished()) {
        try (Scope step = scope.open("token");
            Array logits = decoder.feed(step, sequences.fed(), sequences.first());
            Array scores = choice.scores(step, logits, sequences)) {
          if (kept != null) {
            kept.add(scores.toFloats());
          }
          sequences.take(choice.choose(step, scores, sequences));
        }
        progress.tokens(sequences.done(), sequences.atMost());
      }
      return sequences.result();
    }
  }

  @Override
  public void close() {
    kernels.close();
  }
}
