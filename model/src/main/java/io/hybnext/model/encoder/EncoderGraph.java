package io.hybnext.model.encoder;

import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.NetworkText;
import java.util.List;

/**
 * Writes the kernel {@code features} of a configuration, (B, 1, S, S) and the flat weights to (B,
 * D), the kernel {@code head} on top of it for training, and the layout of their parameters.
 */
final class EncoderGraph {
  private final EncoderConfig config;
  private final NetworkText network = new NetworkText();

  /**
   * Writes the kernels.
   *
   * @param headWidths lengths of the layers after the feature; the last one is the output
   */
  EncoderGraph(EncoderConfig config, List<Integer> headWidths) {
    this.config = config;
    network.begin("features", "x", "Tensor");
    if (config.kind() == EncoderConfig.Kind.RESIDUAL) {
      residual();
    } else {
      plain();
    }
    network.line("return h");
    network.begin("head", "h", "Tensor");
    head(headWidths);
    network.line("return h");
  }

  FlatLayout layout() {
    return network.layout();
  }

  String text() {
    return network.text();
  }

  private void residual() {
    pool();
    network.line("h = torch.pixel_unshuffle(h, " + config.patch() + ")");
    int channels = config.patch() * config.patch();
    for (int level = 0; level < config.widths().size(); level++) {
      int wide = config.widths().get(level);
      String name = "levels." + level;
      convolution(name + (level == 0 ? ".stem" : ".down"), channels, wide, 3, level == 0 ? 1 : 2);
      for (int block = 0; block < config.blocks(); block++) {
        residualBlock(name + ".blocks." + block, wide);
      }
      channels = wide;
    }
    summary(channels);
  }

  private void plain() {
    pool();
    int channels = 1;
    for (int level = 0; level < config.widths().size(); level++) {
      int wide = config.widths().get(level);
      convolution("levels." + level + ".conv", channels, wide, level == 0 ? 5 : 3, 2);
      network.apply("norm_swish", network.norm("levels." + level + ".norm", wide));
      channels = wide;
    }
    network.line("h = torch.mean(h, [2, 3])");
    network.apply("linear", network.linear("feature", channels, config.featureDim()));
  }

  private void pool() {
    int p = config.poolBefore();
    network.line(p == 1 ? "h = x" : "h = torch.avg_pool2d(x, [" + p + ", " + p + "])");
  }

  private void residualBlock(String name, int wide) {
    String weights =
        String.join(
            ", ",
            network.norm(name + ".norm1", wide),
            network.convolution(name + ".conv1", wide, wide, 3),
            network.norm(name + ".norm2", wide),
            network.convolution(name + ".conv2", wide, wide, 3));
    network.apply("residual", "[" + weights + "]");
  }

  private void summary(int channels) {
    network.apply("norm_swish", network.norm("norm_out", channels));
    network.line("h = torch.mean(h, [2, 3])");
    network.apply("linear", network.linear("feature", channels, config.featureDim()));
  }

  private void head(List<Integer> widths) {
    int channels = config.featureDim();
    for (int i = 0; i < widths.size(); i++) {
      network.line("h = torch.silu(h)");
      network.apply("linear", network.linear("head." + i, channels, widths.get(i)));
      channels = widths.get(i);
    }
  }

  private void convolution(String name, int in, int out, int side, int stride) {
    network.apply("conv", network.convolution(name, in, out, side) + ", " + side + ", " + stride);
  }
}
