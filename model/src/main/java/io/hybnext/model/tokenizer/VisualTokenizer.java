package io.hybnext.model.tokenizer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.image.PackedImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A trained tokenizer: images to codebook indices and back. Used by one thread at a time, the one
 * that loaded it or any other after it.
 */
public abstract class VisualTokenizer implements AutoCloseable {
  private static final int BATCH = 16; // bounds the memory of a call with many images

  private final Scope scope;
  private final ImageCodes codes;
  private final String fingerprint;

  /**
   * Takes over the scope.
   *
   * @param fingerprint empty while in training
   */
  protected VisualTokenizer(Scope scope, ImageCodes codes, String fingerprint) {
    this.scope = scope;
    this.codes = codes;
    this.fingerprint = fingerprint;
  }

  /** What it takes and gives. */
  public final ImageCodes codes() {
    return codes;
  }

  /**
   * SHA-256, in hex, of settings and weights: equal for equal tokenizers only. Empty while in
   * training.
   */
  public final String fingerprint() {
    return fingerprint;
  }

  /**
   * Tokenises images.
   *
   * @param images S * S * channels unsigned bytes each, row by row, channels interleaved
   * @return indices, position by position in raster order, one row an image, in the order given
   * @throws IllegalArgumentException when an image has another number of bytes
   */
  public final int[][] encode(List<byte[]> images) {
    int side = codes.imageSize();
    int[][] tokens = new int[images.size()][];
    for (int start = 0; start < images.size(); start += BATCH) {
      List<byte[]> batch = images.subList(start, Math.min(images.size(), start + BATCH));
      try (Scope work = scope.open("encode")) {
        byte[] packed = PackedImages.of(batch, side, codes.channels());
        Array bytes = work.bytes(packed, batch.size(), side, side, codes.channels());
        long[] flat = indices(work, bytes).toLongs();
        int length = codes.tokensPerImage();
        for (int i = 0; i < batch.size(); i++) {
          tokens[start + i] =
              Arrays.stream(flat, i * length, (i + 1) * length)
                  .mapToInt(Math::toIntExact)
                  .toArray();
        }
      }
    }
    return tokens;
  }

  /**
   * Turns indices into images.
   *
   * @param tokens one row of {@code tokensPerImage} indices an image, each in [0, codebookSize)
   * @return S * S * channels unsigned bytes an image, in the order given
   * @throws IllegalArgumentException for a row of another length or an index out of range
   */
  public final List<byte[]> decode(int[][] tokens) {
    List<byte[]> images = new ArrayList<>(tokens.length);
    for (int start = 0; start < tokens.length; start += BATCH) {
      int end = Math.min(tokens.length, start + BATCH);
      try (Scope work = scope.open("decode")) {
        Array indices =
            work.longs(checked(tokens, start, end), end - start, codes.tokensPerImage());
        images.addAll(PackedImages.apart(pictures(work, indices).toBytes(), end - start));
      }
    }
    return images;
  }

  private long[] checked(int[][] tokens, int start, int end) {
    int length = codes.tokensPerImage();
    long[] flat = new long[(end - start) * length];
    for (int i = start; i < end; i++) {
      if (tokens[i].length != length) {
        throw new IllegalArgumentException(
            "image " + i + " has " + tokens[i].length + " tokens: want " + length);
      }
      for (int t = 0; t < length; t++) {
        int index = tokens[i][t];
        if (index < 0 || index >= codes.codebookSize()) {
          throw new IllegalArgumentException(
              "token " + index + " of image " + i + ": want 0 to " + (codes.codebookSize() - 1));
        }
        flat[(i - start) * length + t] = index;
      }
    }
    return flat;
  }

  /** Indices (B, tokens an image) int64 of bytes (B, S, S, channels). */
  protected abstract Array indices(Scope work, Array bytes);

  /** Bytes (B, S, S, channels) of indices (B, tokens an image). */
  protected abstract Array pictures(Scope work, Array indices);

  @Override
  public void close() {
    scope.close();
  }
}
