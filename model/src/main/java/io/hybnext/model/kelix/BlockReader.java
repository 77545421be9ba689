package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.qwen.QwenBackbone;
import io.hybnext.model.qwen.QwenCache;
import io.hybnext.model.sampling.SamplingSettings;
import io.hybnext.model.sampling.TokenChoice;
import java.util.List;

/**
 * Sequences that grow block by block over cached keys and values. R rows, 2 B under guidance:
 * prompts first, then null prompts. Lives in a scope, for one batch.
 */
final class BlockReader {
  private final Scope scope;
  private final NbpConfig config;
  private final KernelModule kernels;
  private final Array embeddings;
  private final Array head;
  private final QwenCache cache;
  private int columns;

  /**
   * Starts with nothing read.
   *
   * @param computed type of the arithmetic of the kernels
   * @param padding columns to the left of each row's first block, R of them
   * @param length longest sequence, padding included
   */
  BlockReader(
      Scope scope,
      NbpConfig config,
      KernelModule kernels,
      ModelWeights weights,
      Precision computed,
      int[] padding,
      int length) {
    this.scope = scope;
    this.config = config;
    this.kernels = kernels;
    this.embeddings = weights.working(ParameterLayout.EMBEDDINGS);
    this.head = weights.working(weights.layout().headBucket());
    QwenBackbone backbone = new QwenBackbone(config.backbone(), kernels);
    this.cache =
        QwenCache.open(scope, config.backbone(), backbone, weights, computed, padding, length);
  }

  /** Compiles the kernels of a network. The caller closes them. */
  static KernelModule compile(
      TorchEngine engine, NbpConfig config, Precision precision, Precision computed) {
    return KernelModule.compile(
        engine,
        NbpKernels.text(config, precision, computed)
            .followedBy(QwenBackbone.cachedText(config.backbone()))
            .followedBy(TokenChoice.text())
            .followedBy(KernelSource.resource(BlockReader.class, "block_sampling.ts"))
            .with("codes", config.codes())
            .with("entries", config.entries())
            .with("text_vocab", config.textVocabulary()));
  }

  /**
   * Reads the next blocks of every row.
   *
   * @param rows (R)(C)(N + 1)
   * @return states behind the last layer (R, C, D)
   */
  Array read(List<int[][]> rows) {
    int count = rows.get(0).length;
    try (Scope work = scope.open("read")) {
      BlockRows blocks = BlockRows.of(work, config, rows, count);
      Array states =
          kernels.call(
              scope,
              "read_blocks",
              blocks.ids(),
              blocks.counted(),
              embeddings,
              cache.blocks(),
              cache.caches(),
              cache.turns(),
              cache.open(),
              work.longs(new long[] {columns}));
      columns += count;
      return states;
    }
  }

  /** What a block is drawn by. */
  record Draw(SamplingSettings settings, boolean guided, boolean restricted) {}

  /**
   * The symbols of the next block.
   *
   * @param states (R, C, D), of which the last counts
   * @param words (N)(B) random bits
   * @return (B)(N): codes from 0 when restricted, else ids
   */
  long[] draw(Array states, long[] words, Draw draw) {
    SamplingSettings s = draw.settings();
    int codes = config.codes();
    try (Scope work = scope.open("draw")) {
      long[] numbers = {
        draw.guided() ? 1 : 0, s.topK(), s.greedy() ? 1 : 0, draw.restricted() ? 1 : 0
      };
      float[] rates = {(float) s.temperature(), (float) s.topP(), (float) s.cfgScale()};
      return kernels
          .call(
              work,
              "draw_block",
              states,
              embeddings,
              head,
              work.longs(words, codes, words.length / codes),
              work.longs(numbers, numbers.length),
              work.floats(rates, rates.length))
          .toLongs();
    }
  }
}
