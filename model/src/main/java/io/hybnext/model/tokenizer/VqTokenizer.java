package io.hybnext.model.tokenizer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A trained VQ tokenizer of LlamaGen's kind. */
public final class VqTokenizer extends VisualTokenizer {
  private final VqNetwork network;
  private final VqWeights weights;
  private final boolean ownsNetwork;

  private VqTokenizer(
      Scope scope, VqNetwork network, VqWeights weights, String fingerprint, boolean ownsNetwork) {
    super(scope, network.config().imageCodes(), fingerprint);
    this.ownsNetwork = ownsNetwork;
    this.network = network;
    this.weights = weights;
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

  @Override
  protected Array indices(Scope work, Array bytes) {
    return network.encode(work, weights, network.normalise(work, bytes)).indices();
  }

  @Override
  protected Array pictures(Scope work, Array indices) {
    Array quant = network.entries(work, weights, indices);
    return network.toBytes(work, network.decode(work, weights, quant));
  }

  @Override
  public void close() {
    if (ownsNetwork) {
      network.close();
    }
    super.close();
  }
}
