package io.hybnext.model.qwen;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenLosses;
import io.hybnext.model.decoder.TokenSequences;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One batch on its way through Qwen3. */
public final class QwenPass implements DecoderPass {
  private final QwenBackbone backbone;
  private final QwenHead head;
  private final Positions positions;
  private final Scope scope;
  private final TokenSequences sequences;
  private final int length;
  private final Array ids;
  private final Array labels;
  private final Array turns;
  private final Optional<Array> mask;

  QwenPass(
      QwenBackbone backbone, QwenHead head, Positions positions, Scope scope, LeftPadded input) {
    this.backbone = backbone;
    this.head = head;
    this.positions = positions;
    this.scope = scope;
    this.sequences = input.sequences();
    this.length = sequences.longest();
    this.ids = rows(sequences.ids(), 0);
    this.labels = rows(sequences.labels(), TokenSequences.IGNORED);
    boolean padded = Arrays.stream(input.padding()).anyMatch(n -> n > 0);
    this.turns = backbone.turns(scope, rotaryPositions(input.padding()));
    this.mask =
        padded
            ? Optional.of(backbone.documentMask(scope, documents(input.padding())))
            : Optional.empty();
  }

  /** (B, S), filled up on the right, which causal attention keeps from the symbols. */
  private Array rows(List<int[]> rows, int filling) {
    long[] flat = new long[rows.size() * length];
    Arrays.fill(flat, filling);
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < rows.get(row).length; i++) {
        flat[row * length + i] = rows.get(row)[i];
      }
    }
    return scope.longs(flat, rows.size(), length);
  }

  private int[][] rotaryPositions(int[] padding) {
    int[][] all = new int[padding.length][length];
    for (int row = 0; row < all.length; row++) {
      int first = padding[row];
      Arrays.setAll(all[row], i -> Math.max(0, i - first));
    }
    return all;
  }

  private int[][] documents(int[] padding) {
    int[][] all = new int[padding.length][length];
    for (int row = 0; row < all.length; row++) {
      int first = padding[row];
      Arrays.setAll(all[row], i -> i < first ? -1 : 0);
    }
    return all;
  }

  @Override
  public long tokens() {
    return sequences.labels().stream()
        .flatMapToInt(row -> Arrays.stream(row).skip(1))
        .filter(label -> label != TokenSequences.IGNORED)
        .count();
  }

  @Override
  public Array embed(BucketArrays weights) {
    return backbone.embed(scope, weights.embeddings(), ids);
  }

  @Override
  public Array block(int index, Array x, Array flat) {
    return backbone.block(scope, x, flat, turns, mask);
  }

  @Override
  public Array finalNorm(Array x, Array flat) {
    return head.finalNorm(scope, x, flat);
  }

  /** Logits (B, S, V) fp32 of states behind the last block. */
  public Array logits(Array x, BucketArrays weights) {
    return head.logits(scope, x, weights);
  }

  @Override
  public HeadLoss loss(Array x, BucketArrays weights) {
    try (Array logits = head.logits(scope, x, weights)) {
      Array loss = head.loss(scope, logits, labels);
      return new HeadLoss(loss, loss.item(), 0);
    }
  }

  @Override
  public TokenLosses tokenLosses(Array x, BucketArrays weights) {
    float[] each = head.losses(scope, head.logits(scope, x, weights), labels).toFloats();
    float[] counted = new float[(int) tokens()];
    int at = 0;
    int predictions = length - 1;
    for (int row = 0; row < sequences.batchSize(); row++) {
      int[] wanted = sequences.labels().get(row);
      for (int i = 1; i < wanted.length; i++) {
        if (wanted[i] != TokenSequences.IGNORED) {
          counted[at++] = each[row * predictions + i - 1];
        }
      }
    }
    int[] outside = new int[counted.length];
    Arrays.fill(outside, -1);
    return new TokenLosses(counted, outside, 0);
  }

  @Override
  public AlignedPositions aligned() {
    return new AlignedPositions.Range(0, positions == Positions.ALL ? length : 0);
  }
}
