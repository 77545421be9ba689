package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Framing;
import io.hybnext.image.Image;
import io.hybnext.model.tower.Preprocessing;
import io.hybnext.model.tower.SamConfig;
import io.hybnext.model.tower.SamTower;
import io.hybnext.model.tower.VitConfig;
import io.hybnext.model.tower.VitTower;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One of the paper's encoders with its preprocessing and aggregation. Images go through the network
 * in passes of so many, to bound its memory; the feature of an image does not depend on the others
 * of its pass beyond rounding.
 */
public final class TowerEncoder implements VisionEncoder {
  private static final int CHANNELS = 3;

  /** Tokens a pass, at most, unless one image has more: 41 images of ViT-B/16, 2 of SAM. */
  private static final int TOKENS_A_PASS = 8192;

  private final TorchEngine engine;
  private final Preprocessing preprocessing;
  private final Network network;
  private final int imagesAPass;
  private final String fingerprint;

  /** What differs between the networks. */
  private interface Network {
    int featureDim();

    Array features(Scope owner, List<Image> framed);

    void close();
  }

  private TowerEncoder(
      TorchEngine engine,
      Preprocessing preprocessing,
      Network network,
      int imagesAPass,
      String fingerprint) {
    this.engine = engine;
    this.preprocessing = preprocessing;
    this.network = network;
    this.imagesAPass = imagesAPass;
    this.fingerprint = fingerprint;
  }

  /** Names for {@link #random}. */
  public static List<String> names() {
    return List.of("biomedclip", "clip-l", "medsam");
  }

  /**
   * One of the paper's encoders at its real size with random weights, for measurements.
   *
   * @param name one of {@link #names}
   * @param imagesAPass images that go through the network at once
   * @throws IllegalArgumentException for another name
   */
  public static TowerEncoder random(
      TorchEngine engine, String name, long seed, Precision precision, int imagesAPass) {
    if (name.equals("medsam")) {
      SamTower tower = SamTower.random(engine, SamConfig.base(), seed, precision);
      Preprocessing preprocessing = Preprocessing.sam(tower.config().imageSize());
      Network network = new SamNetwork(tower, preprocessing);
      return new TowerEncoder(engine, preprocessing, network, imagesAPass, "");
    }
    if (!names().contains(name)) {
      throw new IllegalArgumentException("encoder " + name + ": want one of " + names());
    }
    VitConfig config = name.equals("clip-l") ? VitConfig.clipLarge() : VitConfig.biomedClip();
    VitTower tower = VitTower.random(engine, config, seed, precision);
    Preprocessing preprocessing = Preprocessing.clip(config.imageSize());
    Network network = new VitNetwork(tower, preprocessing, FeatureSettings.DEFAULT);
    return new TowerEncoder(engine, preprocessing, network, imagesAPass, "");
  }

  /** A vision transformer; takes the tower over and closes it. */
  static TowerEncoder of(
      TorchEngine engine,
      VitTower tower,
      Preprocessing preprocessing,
      FeatureSettings settings,
      String fingerprint) {
    int images = Math.max(1, TOKENS_A_PASS / tower.config().tokens());
    Network network = new VitNetwork(tower, preprocessing, settings);
    return new TowerEncoder(engine, preprocessing, network, images, fingerprint);
  }

  /** SAM's image encoder, whose feature is the mean over the grid; takes the tower over. */
  static TowerEncoder of(
      TorchEngine engine, SamTower tower, Preprocessing preprocessing, String fingerprint) {
    int grid = tower.config().grid();
    int images = Math.max(1, TOKENS_A_PASS / (grid * grid));
    Network network = new SamNetwork(tower, preprocessing);
    return new TowerEncoder(engine, preprocessing, network, images, fingerprint);
  }

  private record VitNetwork(VitTower tower, Preprocessing preprocessing, FeatureSettings settings)
      implements Network {
    @Override
    public int featureDim() {
      return settings.length(tower.config().width(), tower.config().projectionDim());
    }

    @Override
    public Array features(Scope owner, List<Image> framed) {
      Array pixels = tower.pixels(owner, preprocessing, framed);
      return switch (settings.aggregation()) {
        case CLASS_TOKEN ->
            projected(owner, tower.classToken(owner, tower.firstToken(owner, pixels)));
        case PATCH_MEAN -> projected(owner, tower.patchMean(owner, tower.tokens(owner, pixels)));
        case CLASS_TOKEN_AND_PATCH_MEAN -> both(owner, tower.tokens(owner, pixels));
      };
    }

    private Array both(Scope owner, Array tokens) {
      return tower.join(
          owner,
          projected(owner, tower.classToken(owner, tokens)),
          projected(owner, tower.patchMean(owner, tokens)));
    }

    private Array projected(Scope owner, Array part) {
      return settings.projected() ? tower.project(owner, part) : part;
    }

    @Override
    public void close() {
      tower.close();
    }
  }

  private record SamNetwork(SamTower tower, Preprocessing preprocessing) implements Network {
    @Override
    public int featureDim() {
      return tower.config().outputChannels();
    }

    @Override
    public Array features(Scope owner, List<Image> framed) {
      Array pixels = tower.pixels(owner, preprocessing, framed);
      return tower.gridMean(owner, tower.grid(owner, pixels));
    }

    @Override
    public void close() {
      tower.close();
    }
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int featureDim() {
    return network.featureDim();
  }

  @Override
  public Framing framing() {
    return preprocessing.framing();
  }

  @Override
  public int channels() {
    return CHANNELS;
  }

  @Override
  public List<float[]> encode(List<Image> framed) {
    List<float[]> features = new ArrayList<>();
    for (int from = 0; from < framed.size(); from += imagesAPass) {
      int end = Math.min(framed.size(), from + imagesAPass);
      try (Scope work = engine.openScope("encode")) {
        float[] all = network.features(work, framed.subList(from, end)).toFloats();
        int length = featureDim();
        for (int at = 0; at < all.length; at += length) {
          features.add(Arrays.copyOfRange(all, at, at + length));
        }
      }
    }
    return features;
  }

  @Override
  public void close() {
    network.close();
  }
}
