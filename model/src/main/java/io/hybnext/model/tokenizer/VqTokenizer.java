package io.hybnext.model.tokenizer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.image.PackedImages;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A trained tokenizer: images to codebook indices and back. Used by one thread at a time, the one
 * that loaded it or any other after it.
 */
public final class VqTokenizer implements AutoCloseable {
  private static final int BATCH = 16; // bounds the memory of a call with many images

  private final Scope scope;
  private final VqNetwork network;
  private final VqWeights weights;
  private final String fingerprint;
  private final boolean ownsNetwork;

  private VqTokenizer(
      Scope scope, VqNetwork network, VqWeights weights, String fingerprint, boolean ownsNetwork) {
    this.scope = scope;
    this.ownsNetwork = ownsNetwork;
    this.network = network;
    this.weights = weights;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads the tokenizer of a {@link NetworkFolder}. The caller closes the result.
   *
   * @throws IOException when a file is missing, damaged, or does not fit the other
   * @throws IllegalArgumentException for impossible settings, naming file, key, value and rule
   */
  public static VqTokenizer load(TorchEngine engine, Path folder) throws IOException {
    NetworkFolder files = new NetworkFolder(folder);
    VqConfig config = VqConfig.read(files.config());
    Scope scope = engine.openScope("tokenizer " + folder.getFileName());
    VqNetwork network = VqNetwork.compile(engine, config);
    try (SafetensorsFile file = files.openWeights()) {
      VqWeights weights = VqWeights.load(scope, network, file);
      // written anew, because a file may leave defaults out
      byte[] settings = config.toJson().toString().getBytes(StandardCharsets.UTF_8);
      return new VqTokenizer(scope, network, weights, files.fingerprint(settings), true);
    } catch (IOException | RuntimeException e) {
      network.close();
      scope.close();
      throw e;
    }
  }

  /**
   * A tokenizer over weights in memory, for looking at one while it is trained. Closing it frees
   * nothing but what it made itself.
   *
   * @param owner parent of the scopes it works in
   */
  public static VqTokenizer over(Scope owner, VqNetwork network, VqWeights weights) {
    return new VqTokenizer(owner.open("tokenizer in training"), network, weights, "", false);
  }

  /** The configuration. */
  public VqConfig config() {
    return network.config();
  }

  /**
   * SHA-256, in hex, of settings and weights: equal for equal tokenizers only. Empty while in
   * training.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Tokenises images.
   *
   * @param images S * S * channels unsigned bytes each, row by row, channels interleaved
   * @return indices in raster order, one row an image, in the order given
   * @throws IllegalArgumentException when an image has another number of bytes
   */
  public int[][] encode(List<byte[]> images) {
    int[][] tokens = new int[images.size()][];
    for (int start = 0; start < images.size(); start += BATCH) {
      List<byte[]> batch = images.subList(start, Math.min(images.size(), start + BATCH));
      try (Scope work = scope.open("encode")) {
        Array bytes = packed(work, batch);
        Array indices = network.encode(work, weights, network.normalise(work, bytes)).indices();
        long[] flat = indices.toLongs();
        int length = network.config().tokensPerImage();
        for (int i = 0; i < batch.size(); i++) {
          tokens[start + i] = row(flat, i, length);
        }
      }
    }
    return tokens;
  }

  private static int[] row(long[] flat, int index, int length) {
    int[] row = new int[length];
    for (int i = 0; i < length; i++) {
      row[i] = (int) flat[index * length + i];
    }
    return row;
  }

  private Array packed(Scope work, List<byte[]> batch) {
    int side = network.config().imageSize();
    int channels = network.config().inChannels();
    byte[] bytes = PackedImages.of(batch, side, channels);
    return work.bytes(bytes, batch.size(), side, side, channels);
  }

  /**
   * Turns indices into images.
   *
   * @param tokens one row of {@code tokensPerImage} indices an image, each in [0, codebookSize)
   * @return S * S * channels unsigned bytes an image, in the order given
   * @throws IllegalArgumentException for a row of another length or an index out of range
   */
  public List<byte[]> decode(int[][] tokens) {
    VqConfig config = network.config();
    List<byte[]> images = new ArrayList<>(tokens.length);
    for (int start = 0; start < tokens.length; start += BATCH) {
      int end = Math.min(tokens.length, start + BATCH);
      try (Scope work = scope.open("decode")) {
        Array indices =
            work.longs(checked(tokens, start, end), end - start, config.tokensPerImage());
        Array quant = network.entries(work, weights, indices);
        byte[] all = network.toBytes(work, network.decode(work, weights, quant)).toBytes();
        images.addAll(PackedImages.apart(all, end - start));
      }
    }
    return images;
  }

  private long[] checked(int[][] tokens, int start, int end) {
    VqConfig config = network.config();
    int length = config.tokensPerImage();
    long[] flat = new long[(end - start) * length];
    for (int i = start; i < end; i++) {
      if (tokens[i].length != length) {
        throw new IllegalArgumentException(
            "image " + i + " has " + tokens[i].length + " tokens: want " + length);
      }
      for (int t = 0; t < length; t++) {
        int index = tokens[i][t];
        if (index < 0 || index >= config.codebookSize()) {
          throw new IllegalArgumentException(
              "token " + index + " of image " + i + ": want 0 to " + (config.codebookSize() - 1));
        }
        flat[(i - start) * length + t] = index;
      }
    }
    return flat;
  }

  @Override
  public void close() {
    if (ownsNetwork) {
      network.close();
    }
    scope.close();
  }
}
