package io.hybnext.model.tokenizer;

import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.NetworkText;
import java.util.List;

/**
 * Writes the two kernels {@code encode} and {@code decode} of a configuration and, with them, the
 * layout of their parameters, under the key names of the configuration's {@link VqFamily}. The
 * decoder runs from the coarsest level to the finest.
 */
final class VqGraph {
  private final VqConfig config;
  private final NetworkText network = new NetworkText();

  VqGraph(VqConfig config) {
    this.config = config;
    network.begin("encode", "x", "Tuple[Tensor, Tensor]");
    encoder();
    network.begin("decode", "q", "Tensor");
    decoder();
  }

  FlatLayout layout() {
    return network.layout();
  }

  String text() {
    return network.text();
  }

  private void encoder() {
    int p = config.pixelShuffle();
    network.line(p == 1 ? "h = x" : "h = torch.pixel_unshuffle(x, " + p + ")");
    int channels = config.ch();
    network.apply(
        "conv3", network.convolution("encoder.conv_in", config.inChannels() * p * p, channels, 3));
    int levels = config.encoderChMult().size();
    for (int level = 0; level < levels; level++) {
      String name = config.family().encoderLevel(level);
      int wide = config.ch() * config.encoderChMult().get(level);
      for (int block = 0; block < config.numResBlocks(); block++) {
        residual(config.family().residual(name, block), channels, wide);
        channels = wide;
        if (level == levels - 1 && config.family().attentionInCoarsestLevel()) {
          attention(name + ".attn." + block, channels);
        }
      }
      if (level < levels - 1) {
        network.apply(
            "down", network.convolution(name + ".downsample.conv", channels, channels, 3));
      }
    }
    middle("encoder", channels);
    network.apply("norm_swish", network.norm("encoder.norm_out", channels));
    network.apply(
        "conv3", network.convolution("encoder.conv_out", channels, config.zChannels(), 3));
    network.line(
        "return (h, (self).conv1(h, "
            + network.convolution("quant_conv", config.zChannels(), dim(), 1)
            + "))");
  }

  private void decoder() {
    List<Integer> multiples = config.decoderChMult();
    int levels = multiples.size();
    int channels = config.decoderCh() * multiples.get(levels - 1);
    network.line("h = q");
    network.apply("conv1", network.convolution("post_quant_conv", dim(), config.zChannels(), 1));
    network.apply("conv3", network.convolution("decoder.conv_in", config.zChannels(), channels, 3));
    middle("decoder", channels);
    for (int level = levels - 1; level >= 0; level--) {
      String name = config.family().decoderLevel(level, levels);
      int wide = config.decoderCh() * multiples.get(level);
      for (int block = 0; block < config.decoderNumResBlocks(); block++) {
        residual(config.family().residual(name, block), channels, wide);
        channels = wide;
        if (level == levels - 1 && config.family().attentionInCoarsestLevel()) {
          attention(name + ".attn." + block, channels);
        }
      }
      if (level > 0) {
        network.apply("up", network.convolution(name + ".upsample.conv", channels, channels, 3));
      }
    }
    network.apply("norm_swish", network.norm("decoder.norm_out", channels));
    output(channels);
  }

  private void output(int channels) {
    int p = config.pixelShuffle();
    if (p == 1) {
      network.apply(
          "conv3", network.convolution("decoder.conv_out", channels, config.inChannels(), 3));
    } else {
      int fine = config.refineChannels();
      network.apply(
          "conv3", network.convolution("decoder.conv_shuffle", channels, fine * p * p, 3));
      network.line("h = torch.pixel_shuffle(h, " + p + ")");
      network.apply("refine", network.convolution("decoder.refine", fine, fine, 3));
      network.apply("conv3", network.convolution("decoder.conv_out", fine, config.inChannels(), 3));
    }
    network.line("return h");
  }

  private void middle(String side, int channels) {
    residual(config.family().middle(side, 0), channels, channels);
    attention(config.family().middle(side, 1), channels);
    residual(config.family().middle(side, 2), channels, channels);
  }

  private void residual(String name, int in, int wide) {
    String weights =
        String.join(
            ", ",
            network.norm(name + ".norm1", in),
            network.convolution(name + ".conv1", in, wide, 3),
            network.norm(name + ".norm2", wide),
            network.convolution(name + ".conv2", wide, wide, 3));
    if (in == wide) {
      network.apply("residual", "[" + weights + "]");
    } else {
      String shortcut = network.convolution(name + ".nin_shortcut", in, wide, 1);
      network.apply("residual_widening", "[" + weights + ", " + shortcut + "]");
    }
  }

  private void attention(String name, int channels) {
    String weights =
        String.join(
            ", ",
            network.norm(name + ".norm", channels),
            network.convolution(name + ".q", channels, channels, 1),
            network.convolution(name + ".k", channels, channels, 1),
            network.convolution(name + ".v", channels, channels, 1),
            network.convolution(name + ".proj_out", channels, channels, 1));
    network.apply("attention", "[" + weights + "]");
  }

  private int dim() {
    return config.codebookEmbedDim();
  }
}
