package io.hybnext.model.qwen;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadLoss;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenLosses;
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
  private final Array ids;
  private final Array labels;
  private final Array turns;
  private final Optional<Array> mask;

  QwenPass(
      QwenBackbone backbone,
      QwenHead head,
      Positions positions,
      Scope scope,
      TokenSequences sequences) {
    this.backbone = backbone;
    this.head = head;
    this.positions = positions;
    this.scope = scope;
    this.sequences = sequences;
    this.ids = rows(sequences.ids());
    this.labels = rows(sequences.labels());
    boolean padded = Arrays.stream(sequences.padding()).anyMatch(n -> n > 0);
    this.turns = backbone.turns(scope, rotaryPositions(sequences));
    this.mask =
        padded ? Optional.of(backbone.documentMask(scope, documents(sequences))) : Optional.empty();
  }

  private Array rows(List<int[]> rows) {
    long[] flat = rows.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    return scope.longs(flat, rows.size(), rows.get(0).length);
  }

  private static int[][] rotaryPositions(TokenSequences sequences) {
    int[][] all = new int[sequences.batchSize()][sequences.length()];
    for (int row = 0; row < all.length; row++) {
      int padding = sequences.padding()[row];
      Arrays.setAll(all[row], i -> Math.max(0, i - padding));
    }
    return all;
  }

  private static int[][] documents(TokenSequences sequences) {
    int[][] all = new int[sequences.batchSize()][sequences.length()];
    for (int row = 0; row < all.length; row++) {
      int padding = sequences.padding()[row];
      Arrays.setAll(all[row], i -> i < padding ? -1 : 0);
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
    Array loss = head.loss(scope, head.logits(scope, x, weights), labels);
    return new HeadLoss(loss, loss.item(), 0);
  }

  @Override
  public TokenLosses tokenLosses(Array x, BucketArrays weights) {
    float[] each = head.losses(scope, head.logits(scope, x, weights), labels).toFloats();
    float[] counted = new float[(int) tokens()];
    int at = 0;
    int predictions = sequences.length() - 1;
    for (int i = 0; i < each.length; i++) {
      int label = sequences.labels().get(i / predictions)[i % predictions + 1];
      if (label != TokenSequences.IGNORED) {
        counted[at++] = each[i];
      }
    }
    int[] outside = new int[counted.length];
    Arrays.fill(outside, -1);
    return new TokenLosses(counted, outside, 0);
  }

  @Override
  public AlignedPositions aligned() {
    return new AlignedPositions.Range(0, positions == Positions.ALL ? sequences.length() : 0);
  }
}
