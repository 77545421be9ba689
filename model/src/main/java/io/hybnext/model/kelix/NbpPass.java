package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenLosses;
import io.hybnext.model.kelix.BlockInput.ImageRows;
import io.hybnext.model.qwen.QwenBackbone;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One batch on its way through a block language model. Its next-token loss, for logs, is the plain
 * mean over codes; what is differentiated weighs text and codes as spec/kelix.md 5.4 says.
 */
public final class NbpPass implements DecoderPass {
  private final NbpConfig config;
  private final KernelModule kernels;
  private final QwenBackbone backbone;
  private final Positions positions;
  private final Scope scope;
  private final List<BlockSequence> sequences;
  private final int length;
  private final BlockRows rows;
  private final BlockTargets targets;
  private final Array turns;
  private final Optional<Array> mask;

  NbpPass(
      NbpConfig config,
      KernelModule kernels,
      Positions positions,
      Scope scope,
      List<BlockSequence> sequences) {
    this.config = config;
    this.kernels = kernels;
    this.backbone = new QwenBackbone(config.backbone(), kernels);
    this.positions = positions;
    this.scope = scope;
    this.sequences = sequences;
    this.length = sequences.stream().mapToInt(BlockSequence::length).max().orElseThrow();
    List<int[][]> all = sequences.stream().map(BlockSequence::rows).toList();
    this.rows = BlockRows.of(scope, config, all, length);
    this.targets = BlockTargets.of(config, sequences, length);
    boolean packed =
        sequences.stream().anyMatch(s -> s.document()[s.length() - 1] != s.document()[0]);
    this.turns = packed ? backbone.turns(scope, rotaryPositions()) : backbone.turns(scope, length);
    this.mask = packed ? Optional.of(backbone.documentMask(scope, documents())) : Optional.empty();
  }

  private int[][] documents() {
    int[][] all = new int[sequences.size()][length];
    for (int b = 0; b < all.length; b++) {
      Arrays.fill(all[b], -1);
      System.arraycopy(sequences.get(b).document(), 0, all[b], 0, sequences.get(b).length());
    }
    return all;
  }

  private int[][] rotaryPositions() {
    int[][] documents = documents();
    int[][] all = new int[documents.length][length];
    for (int b = 0; b < all.length; b++) {
      for (int p = 1; p < length; p++) {
        all[b][p] = documents[b][p] == documents[b][p - 1] ? all[b][p - 1] + 1 : 0;
      }
    }
    return all;
  }

  /** Codes that are predicted. */
  @Override
  public long tokens() {
    return codeLabels().count();
  }

  private java.util.stream.IntStream codeLabels() {
    return java.util.stream.IntStream.range(0, targets.labels().length)
        .filter(i -> targets.labels()[i] >= config.textVocabulary());
  }

  @Override
  public Array embed(BucketArrays weights) {
    return kernels.call(scope, "embed_blocks", weights.embeddings(), rows.ids(), rows.counted());
  }

  @Override
  public Array block(int index, Array x, Array flat) {
    return backbone.block(scope, x, flat, turns, mask);
  }

  @Override
  public Array finalNorm(Array x, Array flat) {
    return kernels.call(scope, "final_norm", x, flat);
  }

  /**
   * What the block decoder takes and gives for every row of a single sequence, the last one's next
   * row being the first.
   *
   * @param input (S, N + 1, D)
   * @param output (S, N + 1, D)
   * @param logits (S, N + 1, V + S) fp32
   */
  public record Decoded(Array input, Array output, Array logits) {}

  /** Decodes behind every row of the batch's only sequence; x is (1, S, D). */
  public Decoded everyRow(Array x, BucketArrays weights) {
    BlockTargets every = BlockTargets.everyRow(config, sequences.get(0));
    Array input = decoderInput(x, weights, every);
    Array output = kernels.call(scope, "decoder_output", input, weights.head());
    return new Decoded(input, output, kernels.call(scope, "block_logits", input, weights.head()));
  }

  private Array decoderInput(Array x, BucketArrays weights, BlockTargets wanted) {
    int n = wanted.rows();
    Array where = scope.longs(wanted.where(), n);
    Array next = scope.longs(wanted.next(), n, config.codes());
    return kernels.call(scope, "decoder_input", x, weights.embeddings(), where, next);
  }

  private Array labels() {
    return scope.longs(targets.labels(), targets.rows(), config.codes() + 1);
  }

  private Array losses(Array x, BucketArrays weights, Array labels) {
    try (Array input = decoderInput(x, weights, targets);
        Array logits = kernels.call(scope, "block_logits", input, weights.head())) {
      return kernels.call(scope, "block_losses", logits, labels);
    }
  }

  @Override
  public HeadLoss loss(Array x, BucketArrays weights) {
    Array labels = labels();
    Array each = losses(x, weights, labels);
    Array factors = scope.floats(targets.weights(), targets.rows(), config.codes() + 1);
    Array total = kernels.call(scope, "block_loss", each, labels, factors);
    return new HeadLoss(total, codeMean(each.toFloats()), 0);
  }

  private double codeMean(float[] each) {
    return codeLabels().mapToDouble(i -> each[i]).average().orElse(0);
  }

  /** Cross entropies (n, N + 1) of the rows that predict, 0 where nothing counts. */
  public float[] everyLoss(Array x, BucketArrays weights) {
    return losses(x, weights, labels()).toFloats();
  }

  /** Of codes alone, by the row of the square image that their block lies in. */
  @Override
  public TokenLosses tokenLosses(Array x, BucketArrays weights) {
    float[] each = everyLoss(x, weights);
    int slots = config.codes() + 1;
    int blocks = 0;
    for (boolean visual : targets.visual()) {
      blocks += visual ? 1 : 0;
    }
    int perImage = blocks / sequences.size();
    int side = (int) Math.round(Math.sqrt(perImage));
    float[] nats = new float[(int) tokens()];
    int[] row = new int[nats.length];
    int at = 0;
    int block = -1;
    for (int i = 0; i < each.length; i++) {
      block += i % slots == 0 && targets.visual()[i / slots] ? 1 : 0;
      if (targets.labels()[i] >= config.textVocabulary()) {
        nats[at] = each[i];
        row[at++] = side * side == perImage ? block % perImage / side : -1;
      }
    }
    return new TokenLosses(nats, row, side);
  }

  @Override
  public AlignedPositions aligned() {
    return positions == Positions.NONE
        ? new AlignedPositions.Range(0, 0)
        : aligned(ImageRows.PREDICTING);
  }

  /** The rows of a kind. */
  public AlignedPositions.Rows aligned(ImageRows which) {
    return BlockInput.aligned(config, sequences, length, which);
  }
}
