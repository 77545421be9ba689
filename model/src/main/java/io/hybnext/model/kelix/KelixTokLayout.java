package io.hybnext.model.kelix;

import io.hybnext.model.network.FlatLayout;

/**
 * The trained parameters of a Kelix-Tok under the repository's names, and where the kernels find
 * each group among them.
 *
 * @param parameters all of them, in the order of the flat array
 * @param behindLayers number of the closing norm's first parameter
 * @param quantisers number of the first quantiser's first parameter, six each
 * @param up number of the first up-projection
 * @param readOut number of the read-out's weight; behind the end where there is none
 */
record KelixTokLayout(
    FlatLayout parameters, int behindLayers, int quantisers, int up, int readOut) {
  /** Number of the first encoder layer's first parameter; sixteen a layer. */
  static final int FIRST_LAYER = 3;

  static KelixTokLayout of(KelixTokConfig config) {
    FlatLayout layout = new FlatLayout();
    int width = config.width();
    int patch = config.patchSize();
    String visual = "visual.embeddings.";
    layout.add(visual + "patch_embedding.weight", width, config.channels(), patch, patch);
    layout.add(visual + "patch_embedding.bias", width);
    layout.add(
        visual + "position_embedding.weight",
        (long) config.tableSide() * config.tableSide(),
        width);
    for (int i = 0; i < config.layers(); i++) {
      layer(layout, "visual.encoder.layers." + i + ".", width, config.ffnDim());
    }
    int behindLayers = norm(layout, "visual.ln_post", width);
    norm(layout, "mlp_AR.pre_norm", 4 * width);
    linear(layout, "mlp_AR.linear_1", 4 * width, 4 * width);
    linear(layout, "mlp_AR.linear_2", config.llmHidden(), 4 * width);
    linear(layout, "encoder", config.codes() * config.codeWidth(), config.llmHidden());
    int quantisers = layout.parameters().size();
    for (int i = 0; i < config.codes(); i++) {
      String name = "quantizer." + i + ".";
      linear(layout, name + "embedding_proj", config.codeWidth(), config.initWidth());
      norm(layout, name + "q_norm", config.codeWidth());
      norm(layout, name + "z_norm", config.codeWidth());
    }
    int up = layout.parameters().size();
    for (int i = 0; i < config.codes(); i++) {
      layout.add("up_projectors." + i + ".weight", config.outputWidth(), config.codeWidth());
    }
    int readOut = layout.parameters().size();
    if (config.readOut()) {
      int pixels = config.blockSize() * config.blockSize() * config.channels();
      linear(layout, "read_out", pixels, config.outputWidth());
    }
    return new KelixTokLayout(layout, behindLayers, quantisers, up, readOut);
  }

  private static void layer(FlatLayout layout, String name, int width, int ffnDim) {
    norm(layout, name + "sa_norm", width);
    linear(layout, name + "attn.q_proj", width, width);
    linear(layout, name + "attn.k_proj", width, width);
    linear(layout, name + "attn.v_proj", width, width);
    linear(layout, name + "attn.output_proj", width, width);
    norm(layout, name + "mlp_norm", width);
    linear(layout, name + "mlp.w1", ffnDim, width);
    linear(layout, name + "mlp.w2", width, ffnDim);
  }

  private static int norm(FlatLayout layout, String name, int width) {
    int first = layout.add(name + ".weight", width);
    layout.add(name + ".bias", width);
    return first;
  }

  private static void linear(FlatLayout layout, String name, int out, int in) {
    layout.add(name + ".weight", out, in);
    layout.add(name + ".bias", out);
  }
}
