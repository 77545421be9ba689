package io.hybnext.model.encoder;

import io.hybnext.model.network.FlatLayout;
import java.util.List;

/**
 * Writes the kernel {@code features} of a configuration, (B, 1, S, S) and the flat weights to (B,
 * D), the kernel {@code head} on top of it for training, and the layout of their parameters.
 */
final class EncoderGraph {
  private final EncoderConfig config;
  private final FlatLayout layout = new FlatLayout();
  private final StringBuilder text = new StringBuilder();

  /**
   * Writes the kernels.
   *
   * @param headWidths lengths of the layers after the feature; the last one is the output
   */
  EncoderGraph(EncoderConfig config, List<Integer> headWidths) {
    this.config = config;
    StringBuilder body = new StringBuilder();
    if (config.kind() == EncoderConfig.Kind.RESIDUAL) {
      residual(body);
    } else {
      plain(body);
    }
    StringBuilder head = head(headWidths);
    String weights = "    w = torch.split_with_sizes(flat, " + layout.sizes() + ")\n";
    text.append("  def features(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tensor:\n")
        .append(weights)
        .append(body)
        .append("    return h\n")
        .append("  def head(self: __torch__.Kernels, h: Tensor, flat: Tensor) -> Tensor:\n")
        .append(weights)
        .append(head)
        .append("    return h\n");
  }

  FlatLayout layout() {
    return layout;
  }

  String text() {
    return text.toString();
  }

  private void residual(StringBuilder out) {
    pool(out);
    line(out, "h = torch.pixel_unshuffle(h, " + config.patch() + ")");
    int channels = config.patch() * config.patch();
    for (int level = 0; level < config.widths().size(); level++) {
      int wide = config.widths().get(level);
      String name = "levels." + level;
      conv(out, name + (level == 0 ? ".stem" : ".down"), channels, wide, 3, level == 0 ? 1 : 2);
      for (int block = 0; block < config.blocks(); block++) {
        residualBlock(out, name + ".blocks." + block, wide);
      }
      channels = wide;
    }
    summary(out, channels);
  }

  private void plain(StringBuilder out) {
    pool(out);
    int channels = 1;
    for (int level = 0; level < config.widths().size(); level++) {
      int wide = config.widths().get(level);
      conv(out, "levels." + level + ".conv", channels, wide, level == 0 ? 5 : 3, 2);
      line(out, "h = (self).norm_swish(h, " + norm("levels." + level + ".norm", wide) + ")");
      channels = wide;
    }
    line(out, "h = torch.mean(h, [2, 3])");
    line(out, "h = (self).linear(h, " + matrix("feature", channels, config.featureDim()) + ")");
  }

  private void pool(StringBuilder out) {
    int p = config.poolBefore();
    line(out, p == 1 ? "h = x" : "h = torch.avg_pool2d(x, [" + p + ", " + p + "])");
  }

  private void residualBlock(StringBuilder out, String name, int wide) {
    String weights =
        String.join(
            ", ",
            norm(name + ".norm1", wide),
            kernel(name + ".conv1", wide, wide, 3),
            norm(name + ".norm2", wide),
            kernel(name + ".conv2", wide, wide, 3));
    line(out, "h = (self).residual(h, [" + weights + "])");
  }

  private void summary(StringBuilder out, int channels) {
    line(out, "h = (self).norm_swish(h, " + norm("norm_out", channels) + ")");
    line(out, "h = torch.mean(h, [2, 3])");
    line(out, "h = (self).linear(h, " + matrix("feature", channels, config.featureDim()) + ")");
  }

  private StringBuilder head(List<Integer> widths) {
    StringBuilder out = new StringBuilder();
    int channels = config.featureDim();
    for (int i = 0; i < widths.size(); i++) {
      line(out, "h = torch.silu(h)");
      line(out, "h = (self).linear(h, " + matrix("head." + i, channels, widths.get(i)) + ")");
      channels = widths.get(i);
    }
    return out;
  }

  private void conv(StringBuilder out, String name, int in, int wide, int side, int stride) {
    String weights = kernel(name, in, wide, side);
    line(out, "h = (self).conv(h, " + weights + ", " + side + ", " + stride + ")");
  }

  private String kernel(String name, int in, int out, int side) {
    int weight = layout.add(name + ".weight", out, in, side, side);
    int bias = layout.add(name + ".bias", out);
    return "w[" + weight + "], w[" + bias + "]";
  }

  private String matrix(String name, int in, int out) {
    int weight = layout.add(name + ".weight", out, in);
    int bias = layout.add(name + ".bias", out);
    return "w[" + weight + "], w[" + bias + "]";
  }

  private String norm(String name, int channels) {
    int weight = layout.add(name + ".weight", channels);
    int bias = layout.add(name + ".bias", channels);
    return "w[" + weight + "], w[" + bias + "]";
  }

  private static void line(StringBuilder out, String statement) {
    out.append("    ").append(statement).append('\n');
  }
}
