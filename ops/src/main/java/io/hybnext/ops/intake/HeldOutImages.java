package io.hybnext.ops.intake;

import io.hybnext.config.DataSettings;
import io.hybnext.image.Image;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.source.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.pekko.stream.javadsl.Sink;

/** Real images of the held-out splits, as a network sees them. */
public final class HeldOutImages {
  private final DataSettings data;

  /** Reads what the settings name. */
  public HeldOutImages(DataSettings data) {
    this.data = data;
  }

  /**
   * A held-out image.
   *
   * @param id of its source
   * @param caption its prompt
   * @param image square, {@code data.image-size} pixels a side
   */
  public record HeldOut(String id, String caption, Image image) {}

  /**
   * The first held-out images in the source's order; unreadable ones are passed over.
   *
   * @param most at most so many
   * @param channels 1 or 3
   */
  public List<HeldOut> first(ImageSource source, int most, int channels) throws IOException {
    List<HeldOut> images = new ArrayList<>();
    ImageFit fit = ImageFit.centreSquare(data.imageSize(), channels);
    try (ImageDecoder decoder = new ImageDecoder()) {
      for (ImageItem item : items(source)) {
        if (images.size() == most) {
          break;
        }
        byte[] file = Files.readAllBytes(item.file());
        try {
          Image image = fit.apply(decoder.decode(file, ImageHeader.of(file)));
          images.add(new HeldOut(item.id(), item.caption(), image));
        } catch (QuarantineException damaged) {
          continue; // ingestion has told of it
        }
      }
    }
    return images;
  }

  private List<ImageItem> items(ImageSource source) {
    try (StreamSystem streams = new StreamSystem("hybnext-held-out")) {
      return source
          .items()
          .filter(outcome -> outcome instanceof Outcome.Kept)
          .map(outcome -> ((Outcome.Kept<ImageItem>) outcome).value())
          .filter(item -> data.heldOutSplits().contains(item.split()))
          .runWith(Sink.seq(), streams.system())
          .toCompletableFuture()
          .join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException known ? known : failed;
    }
  }
}
