package io.hybnext.model.tokenizer;

import io.hybnext.model.network.FlatLayout;
import java.util.List;

/**
 * Writes the two kernels {@code encode} and {@code decode} of a configuration and, with them, the
 * layout of their parameters. Order and names of the blocks are those of LlamaGen's {@code
 * vq_model.py}; the decoder's level 0 is the coarsest.
 */
final class VqGraph {
  private final VqConfig config;
  private final FlatLayout layout = new FlatLayout();
  private final StringBuilder text = new StringBuilder();

  VqGraph(VqConfig config) {
    this.config = config;
    StringBuilder encoder = new StringBuilder();
    StringBuilder decoder = new StringBuilder();
    encoder(encoder);
    decoder(decoder);
    String weights = "    w = torch.split_with_sizes(flat, " + layout.sizes() + ")\n";
    text.append("  def encode(self: __torch__.Kernels, x: Tensor, flat: Tensor)")
        .append(" -> Tuple[Tensor, Tensor]:\n")
        .append(weights)
        .append(encoder)
        .append("  def decode(self: __torch__.Kernels, q: Tensor, flat: Tensor) -> Tensor:\n")
        .append(weights)
        .append(decoder);
  }

  FlatLayout layout() {
    return layout;
  }

  String text() {
    return text.toString();
  }

  private void encoder(StringBuilder out) {
    int p = config.pixelShuffle();
    line(out, p == 1 ? "h = x" : "h = torch.pixel_unshuffle(x, " + p + ")");
    int channels = config.ch();
    call(out, "conv3", conv("encoder.conv_in", config.inChannels() * p * p, channels, 3));
    int levels = config.encoderChMult().size();
    for (int level = 0; level < levels; level++) {
      String name = "encoder.conv_blocks." + level;
      int wide = config.ch() * config.encoderChMult().get(level);
      for (int block = 0; block < config.numResBlocks(); block++) {
        residual(out, name + ".res." + block, channels, wide);
        channels = wide;
        if (level == levels - 1) {
          attention(out, name + ".attn." + block, channels);
        }
      }
      if (level < levels - 1) {
        call(out, "down", conv(name + ".downsample.conv", channels, channels, 3));
      }
    }
    middle(out, "encoder", channels);
    call(out, "norm_swish", norm("encoder.norm_out", channels));
    call(out, "conv3", conv("encoder.conv_out", channels, config.zChannels(), 3));
    line(
        out,
        "return (h, (self).conv1(h, " + conv("quant_conv", config.zChannels(), dim(), 1) + "))");
  }

  private void decoder(StringBuilder out) {
    List<Integer> multiples = config.decoderChMult();
    int levels = multiples.size();
    int channels = config.decoderCh() * multiples.get(levels - 1);
    line(out, "h = q");
    call(out, "conv1", conv("post_quant_conv", dim(), config.zChannels(), 1));
    call(out, "conv3", conv("decoder.conv_in", config.zChannels(), channels, 3));
    middle(out, "decoder", channels);
    for (int i = 0; i < levels; i++) {
      String name = "decoder.conv_blocks." + i;
      int wide = config.decoderCh() * multiples.get(levels - 1 - i);
      for (int block = 0; block < config.decoderNumResBlocks(); block++) {
        residual(out, name + ".res." + block, channels, wide);
        channels = wide;
        if (i == 0) {
          attention(out, name + ".attn." + block, channels);
        }
      }
      if (i < levels - 1) {
        call(out, "up", conv(name + ".upsample.conv", channels, channels, 3));
      }
    }
    call(out, "norm_swish", norm("decoder.norm_out", channels));
    output(out, channels);
  }

  private void output(StringBuilder out, int channels) {
    int p = config.pixelShuffle();
    if (p == 1) {
      call(out, "conv3", conv("decoder.conv_out", channels, config.inChannels(), 3));
    } else {
      int fine = config.refineChannels();
      call(out, "conv3", conv("decoder.conv_shuffle", channels, fine * p * p, 3));
      line(out, "h = torch.pixel_shuffle(h, " + p + ")");
      call(out, "refine", conv("decoder.refine", fine, fine, 3));
      call(out, "conv3", conv("decoder.conv_out", fine, config.inChannels(), 3));
    }
    line(out, "return h");
  }

  private void middle(StringBuilder out, String side, int channels) {
    residual(out, side + ".mid.0", channels, channels);
    attention(out, side + ".mid.1", channels);
    residual(out, side + ".mid.2", channels, channels);
  }

  private void residual(StringBuilder out, String name, int in, int wide) {
    String weights =
        String.join(
            ", ",
            norm(name + ".norm1", in),
            conv(name + ".conv1", in, wide, 3),
            norm(name + ".norm2", wide),
            conv(name + ".conv2", wide, wide, 3));
    if (in == wide) {
      call(out, "residual", "[" + weights + "]");
    } else {
      String shortcut = conv(name + ".nin_shortcut", in, wide, 1);
      call(out, "residual_widening", "[" + weights + ", " + shortcut + "]");
    }
  }

  private void attention(StringBuilder out, String name, int channels) {
    String weights =
        String.join(
            ", ",
            norm(name + ".norm", channels),
            conv(name + ".q", channels, channels, 1),
            conv(name + ".k", channels, channels, 1),
            conv(name + ".v", channels, channels, 1),
            conv(name + ".proj_out", channels, channels, 1));
    call(out, "attention", "[" + weights + "]");
  }

  private String conv(String name, int in, int out, int kernel) {
    int weight = layout.add(name + ".weight", out, in, kernel, kernel);
    int bias = layout.add(name + ".bias", out);
    return "w[" + weight + "], w[" + bias + "]";
  }

  private String norm(String name, int channels) {
    int weight = layout.add(name + ".weight", channels);
    int bias = layout.add(name + ".bias", channels);
    return "w[" + weight + "], w[" + bias + "]";
  }

  private int dim() {
    return config.codebookEmbedDim();
  }

  private static void call(StringBuilder out, String method, String weights) {
    line(out, "h = (self)." + method + "(h, " + weights + ")");
  }

  private static void line(StringBuilder out, String statement) {
    out.append("    ").append(statement).append('\n');
  }
}
