package io.hybnext.streams.ingest;

/**
 * Speed of a part of the pipeline, from the source up to and including the named stage.
 *
 * @param upTo {@code decode} (files in memory, nothing else), {@code fit}, {@code tokenise}, {@code
 *     encode} or {@code store}
 * @param images that came through, summed over the timed passes
 * @param seconds they took
 * @param imagesPerSecond the quotient
 * @param threads decoding threads
 */
public record PipelineFigure(
    String upTo, long images, double seconds, double imagesPerSecond, int threads) {

  static PipelineFigure of(String upTo, long images, long elapsedNs, int threads) {
    double seconds = elapsedNs / 1e9;
    return new PipelineFigure(upTo, images, seconds, images / seconds, threads);
  }
}
