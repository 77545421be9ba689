package io.hybnext.ops.run;

import io.hybnext.config.HybnextSettings;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.wiring.Networks;
import io.hybnext.ops.wiring.TrainingConfigs;
import io.hybnext.streams.batch.SnapshotId;

/**
 * What a run trains on, and the sizes that its tokenizer and its encoder give the network.
 *
 * @param snapshot the items
 * @param codebookSize of the tokenizer
 * @param tokensPerImage of the tokenizer
 * @param featureDim of the encoder
 */
public record TrainingData(
    SnapshotId snapshot, int codebookSize, int tokensPerImage, int featureDim) {

  /** Data that these networks made. */
  public static TrainingData of(SnapshotId snapshot, Networks networks) {
    return new TrainingData(
        snapshot,
        networks.tokenizer().codes().codebookSize(),
        networks.tokenizer().codes().tokensPerImage(),
        networks.encoder().featureDim());
  }

  /** What the maths computes on it. */
  public TrainingConfig config(HybnextSettings settings) {
    return TrainingConfigs.of(settings, codebookSize, tokensPerImage, featureDim);
  }
}
