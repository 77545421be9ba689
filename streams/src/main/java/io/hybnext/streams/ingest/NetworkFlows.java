package io.hybnext.streams.ingest;

import io.hybnext.image.Image;
import io.hybnext.streams.flow.StageMeter;
import io.hybnext.streams.image.FeatureEncoder;
import io.hybnext.streams.image.ImageTokenizer;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.store.ItemRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * The stages from fitted image to stored record, on batches, as named flows. One batch is in each
 * network at a time; both networks work at the same time.
 */
final class NetworkFlows {
  private final ImageTokenizer tokenizer;
  private final FeatureEncoder encoder;
  private final IngestSettings settings;
  private final IngestMeters meters;

  NetworkFlows(
      ImageTokenizer tokenizer,
      FeatureEncoder encoder,
      IngestSettings settings,
      IngestMeters meters) {
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.settings = settings;
    this.meters = meters;
  }

  /** An image with its tokens. */
  record TokenisedImage(int[] tokens, Image forEncoder, Long picture) {
    long sizeBytes() {
      return 4L * tokens.length + forEncoder.sizeBytes();
    }
  }

  /**
   * Collects batches; an incomplete one goes on after a time, so no budget can stall the stream.
   */
  Flow<Outcome<Carried<PreparedImage>>, List<Outcome<Carried<PreparedImage>>>, NotUsed> group() {
    return Flow.<Outcome<Carried<PreparedImage>>>create()
        .groupedWithin(settings.batch(), settings.batchWait())
        .named("group");
  }

  /** Fitted images to tokens. */
  Flow<List<Outcome<Carried<PreparedImage>>>, List<Outcome<Carried<TokenisedImage>>>, NotUsed>
      tokenise() {
    return Flow.<List<Outcome<Carried<PreparedImage>>>>create()
        .mapAsync(
            1, batch -> call("tokenizer", meters.tokenise, batch, this::tokens, this::tokenised))
        .named("tokenise");
  }

  /** Calls the tokenizer on those that have no codes yet. */
  private CompletionStage<List<int[]>> tokens(List<PreparedImage> images) {
    List<Image> open =
        images.stream()
            .filter(image -> image.codes() == null)
            .map(PreparedImage::forTokenizer)
            .toList();
    if (open.size() == images.size()) {
      return tokenizer.encode(open);
    }
    CompletionStage<List<int[]>> made =
        open.isEmpty() ? CompletableFuture.completedFuture(List.of()) : tokenizer.encode(open);
    return made.thenApply(
        answers -> {
          Iterator<int[]> answer = answers.iterator();
          return images.stream()
              .map(image -> image.codes() == null ? answer.next() : image.codes())
              .toList();
        });
  }

  private Outcome<Carried<TokenisedImage>> tokenised(Carried<PreparedImage> element, int[] tokens) {
    if (element.payload().codes() == null) {
      checkTokens(tokens);
    } else if (tokens.length != tokenizer.tokensPerImage()
        || Arrays.stream(tokens).max().orElse(0) >= tokenizer.codebookSize()) {
      meters.tokenise.quarantine();
      return element.rejected(
          new QuarantineException(
              QuarantineRule.BAD_FEATURE,
              "its record has %d tokens up to %d; data.tokenizer gives %d below %d"
                  .formatted(
                      tokens.length,
                      Arrays.stream(tokens).max().orElse(0),
                      tokenizer.tokensPerImage(),
                      tokenizer.codebookSize())));
    }
    TokenisedImage image =
        new TokenisedImage(tokens, element.payload().forEncoder(), element.payload().picture());
    return element.with(image, image.sizeBytes());
  }

  private void checkTokens(int[] tokens) {
    if (tokens.length != tokenizer.tokensPerImage()) {
      throw new IllegalStateException(
          "gave " + tokens.length + " tokens an image; it says " + tokenizer.tokensPerImage());
    }
    for (int token : tokens) {
      if (token < 0 || token >= tokenizer.codebookSize()) {
        throw new IllegalStateException(
            "gave token " + token + "; its codebook has " + tokenizer.codebookSize() + " codes");
      }
    }
  }

  /** Images to features; together with the tokens these are records ready to store. */
  Flow<List<Outcome<Carried<TokenisedImage>>>, List<Outcome<Carried<ItemRecord>>>, NotUsed>
      encode() {
    return Flow.<List<Outcome<Carried<TokenisedImage>>>>create()
        .mapAsync(
            1,
            batch ->
                call(
                    "encoder",
                    meters.encode,
                    batch,
                    images ->
                        encoder.encode(images.stream().map(TokenisedImage::forEncoder).toList()),
                    this::encoded))
        .named("encode");
  }

  private Outcome<Carried<ItemRecord>> encoded(Carried<TokenisedImage> element, float[] feature) {
    if (feature.length != encoder.dimension()) {
      throw new IllegalStateException(
          "gave a feature of " + feature.length + " values; it says " + encoder.dimension());
    }
    for (float value : feature) {
      if (!Float.isFinite(value)) {
        meters.encode.quarantine();
        return element.rejected(
            new QuarantineException(
                QuarantineRule.BAD_FEATURE,
                "its feature holds " + value + "; finite numbers are wanted"));
      }
    }
    ImageItem item = element.item();
    ItemRecord row =
        new ItemRecord(
            item.id(),
            element.contentHash(),
            element.payload().tokens(),
            item.caption(),
            feature,
            item.split(),
            item.relativePath(),
            item.provenance().withPicture(element.payload().picture()));
    return element.with(row, row.sizeBytes());
  }

  /**
   * Calls a network on what was kept of a batch and puts the answers in the places of the images.
   */
  private static <A, B, R> CompletionStage<List<Outcome<Carried<B>>>> call(
      String network,
      StageMeter meter,
      List<Outcome<Carried<A>>> batch,
      Function<List<A>, CompletionStage<List<R>>> work,
      BiFunction<Carried<A>, R, Outcome<Carried<B>>> accept) {
    List<A> payloads = new ArrayList<>(batch.size());
    long heldBytes = 0;
    for (Outcome<Carried<A>> element : batch) {
      if (element instanceof Kept<Carried<A>> kept) {
        payloads.add(kept.value().payload());
        heldBytes += kept.value().permit().bytes();
      }
    }
    if (payloads.isEmpty()) {
      return CompletableFuture.completedFuture(merge(batch, List.<R>of(), accept));
    }
    meter.arrive(payloads.size(), heldBytes);
    long beganNs = meter.begin(payloads.size());
    long bytes = heldBytes;
    return start(work, payloads)
        .thenApply(answers -> merge(batch, answers, accept))
        .whenComplete((result, error) -> meter.finish(payloads.size(), bytes, beganNs))
        .exceptionallyCompose(
            error -> CompletableFuture.failedFuture(failed(network, batch, error)));
  }

  private static <A, R> CompletionStage<List<R>> start(
      Function<List<A>, CompletionStage<List<R>>> work, List<A> payloads) {
    try {
      return work.apply(payloads);
    } catch (RuntimeException error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  private static <A, B, R> List<Outcome<Carried<B>>> merge(
      List<Outcome<Carried<A>>> batch,
      List<R> answers,
      BiFunction<Carried<A>, R, Outcome<Carried<B>>> accept) {
    List<Outcome<Carried<B>>> merged = new ArrayList<>(batch.size());
    Iterator<R> answer = answers.iterator();
    for (Outcome<Carried<A>> element : batch) {
      if (element instanceof Kept<Carried<A>> kept) {
        if (!answer.hasNext()) {
          throw new IllegalStateException("gave fewer answers than images");
        }
        merged.add(accept.apply(kept.value(), answer.next()));
      } else {
        merged.add(element.as());
      }
    }
    if (answer.hasNext()) {
      throw new IllegalStateException("gave more answers than images");
    }
    return merged;
  }

  private static <A> IngestException failed(
      String network, List<Outcome<Carried<A>>> batch, Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    String first = "";
    for (Outcome<Carried<A>> element : batch) {
      if (first.isEmpty() && element instanceof Kept<Carried<A>> kept) {
        first = kept.value().item().relativePath();
      }
    }
    return new IngestException(
        "The "
            + network
            + " failed on the batch that begins with "
            + first
            + ": "
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + ". What was stored before is kept.",
        cause);
  }
}
