package io.hybnext.ops.evaluation;

import io.hybnext.config.DataSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.intake.HeldOutImages;
import io.hybnext.ops.intake.HeldOutImages.HeldOut;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.source.ImageSource;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.Withdrawals;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run has not been trained on: items of the store for losses, images for pictures.
 *
 * @param samples tokens, captions and features, in the store's order
 * @param images as the tokenizer takes them, in the source's order
 */
public record HeldOutSet(List<Sample> samples, List<HeldOut> images) {

  /** Copies the lists. */
  public HeldOutSet {
    samples = List.copyOf(samples);
    images = List.copyOf(images);
  }

  /**
   * Reads the first items of the held-out splits.
   *
   * @param run snapshot of the run, for the networks that made its tokens and features
   * @param most at most so many of each
   * @param channels of the images
   * @throws CommandFailure when there are fewer than two
   */
  public static HeldOutSet read(
      DataSettings data, ImageSource source, SnapshotId run, int most, int channels)
      throws IOException {
    List<Sample> samples = samples(data, run, most);
    List<HeldOut> images = new HeldOutImages(data).first(source, most, channels);
    if (Math.min(samples.size(), images.size()) < 2) {
      throw new CommandFailure(
          "the splits "
              + data.heldOutSplits()
              + " hold fewer than two images to measure on; see data.held-out-splits");
    }
    return new HeldOutSet(samples, images);
  }

  private static List<Sample> samples(DataSettings data, SnapshotId run, int most) {
    try (StoreReader reader = new StoreReader(data.store())) {
      DataSnapshot snapshot =
          DataSnapshot.of(reader.segments(), run.tokenizer(), run.encoder(), data.heldOutSplits());
      return snapshot.samples(reader, new Withdrawals(data.store()), false, most);
    }
  }

  /** The first items of this one, at most {@code most} samples and images. */
  public HeldOutSet first(int most) {
    return new HeldOutSet(
        samples.subList(0, Math.min(most, samples.size())),
        images.subList(0, Math.min(most, images.size())));
  }

  /** Pixels of the images, in their order. */
  public List<byte[]> pixels() {
    return images.stream().map(one -> one.image().pixels()).toList();
  }

  /** Captions of the images, in their order. */
  public List<String> captions() {
    return images.stream().map(HeldOut::caption).toList();
  }

  /** The first image of each of the captions that occur first. */
  public List<HeldOut> oneACaption(int most) {
    Map<String, HeldOut> first = new LinkedHashMap<>();
    for (HeldOut image : images) {
      first.putIfAbsent(image.caption(), image);
    }
    return first.values().stream().limit(most).toList();
  }
}
