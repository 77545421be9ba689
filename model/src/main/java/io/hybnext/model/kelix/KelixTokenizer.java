package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.kelix.KelixTokNetwork.Grid;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A trained Kelix-Tok with its read-out: images to N codes a block and back. Code i of a block is
 * the entry of sub-codebook i, from 0.
 */
public final class KelixTokenizer extends VisualTokenizer {

  private final KelixTokNetwork network;
  private final KelixTokWeights weights;
  private final Grid grid;
  private final boolean ownsNetwork;

  private KelixTokenizer(
      Scope scope,
      KelixTokNetwork network,
      KelixTokWeights weights,
      String fingerprint,
      boolean ownsNetwork) {
    super(scope, network.config().imageCodes(), fingerprint);
    this.network = network;
    this.weights = weights;
    this.ownsNetwork = ownsNetwork;
    int patches = 2 * network.config().gridSize();
    this.grid = network.grid(scope, patches, patches);
  }

  /**
   * Reads the tokenizer of a {@link NetworkFolder}. The caller closes the result.
   *
   * @throws IOException when a file is missing, damaged, or does not fit the other
   * @throws IllegalArgumentException for impossible settings, or when it has no read-out
   */
  public static KelixTokenizer load(TorchEngine engine, Path folder) throws IOException {
    NetworkFolder files = new NetworkFolder(folder);
    KelixTokConfig config;
    try {
      config = KelixTokConfig.fromJson(SettingsFile.read(files.config()));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "tokenizer settings " + files.config() + ": " + wrong.getMessage(), wrong);
    }
    if (!config.readOut()) {
      throw new IllegalArgumentException(
          "tokenizer settings "
              + files.config()
              + ": _read_out = false: want a tokenizer that can draw its blocks; `tokenizer train`"
              + " makes one");
    }
    Scope scope = engine.openScope("tokenizer " + folder.getFileName());
    KelixTokNetwork network = KelixTokNetwork.compile(engine, config);
    try (SafetensorsFile file = files.openWeights()) {
      KelixTokWeights weights = KelixTokWeights.load(scope, network, file);
      byte[] settings = config.toJson().toString().getBytes(StandardCharsets.UTF_8);
      return new KelixTokenizer(scope, network, weights, files.fingerprint(settings), true);
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
  public static KelixTokenizer over(Scope owner, KelixTokNetwork network, KelixTokWeights weights) {
    return new KelixTokenizer(owner.open("tokenizer in training"), network, weights, "", false);
  }

  @Override
  protected Array indices(Scope work, Array bytes) {
    Array patches = network.cut(work, network.values(work, bytes));
    Array merged = network.flatten(work, network.encode(work, patches, weights.flat(), grid));
    return network.quantise(work, merged, weights.flat(), weights.table()).indices();
  }

  @Override
  protected Array pictures(Scope work, Array indices) {
    Array blocks = network.byBlock(work, indices);
    Array embeds = network.embeddingsOf(work, blocks, weights.flat(), weights.table());
    Array made = network.readOut(work, embeds, weights.flat());
    return network.pictures(work, made, network.config().gridSize());
  }

  @Override
  public void close() {
    if (ownsNetwork) {
      network.close();
    }
    super.close();
  }
}
