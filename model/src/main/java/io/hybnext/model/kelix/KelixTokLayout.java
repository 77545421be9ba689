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
    int behindLayers = layout.norm("visual.ln_post", width);
    layout.norm("mlp_AR.pre_norm", 4 * width);
    layout.linear("mlp_AR.linear_1", 4 * width, 4 * width);
    layout.linear("mlp_AR.linear_2", 4 * width, config.llmHidden());
    layout.linear("encoder", config.llmHidden(), config.codes() * config.codeWidth());
    int quantisers = layout.parameters().size();
    for (int i = 0; i < config.codes(); i++) {
      String name = "quantizer." + i + ".";
      layout.linear(name + "embedding_proj", config.initWidth(), config.codeWidth());
      layout.norm(name + "q_norm", config.codeWidth());
      layout.norm(name + "z_norm", config.codeWidth());
    }
    int up = layout.parameters().size();
    for (int i = 0; i < config.codes(); i++) {
      layout.add("up_projectors." + i + ".weight", config.outputWidth(), config.codeWidth());
    }
    int readOut = layout.parameters().size();
    if (config.readOut()) {
      int pixels = config.blockSize() * config.blockSize() * config.channels();
      layout.linear("read_out", config.outputWidth(), pixels);
    }
    return new KelixTokLayout(layout, behindLayers, quantisers, up, readOut);
  }

  private static void layer(FlatLayout layout, String name, int width, int ffnDim) {
    layout.norm(name + "sa_norm", width);
    layout.linear(name + "attn.q_proj", width, width);
    layout.linear(name + "attn.k_proj", width, width);
    layout.linear(name + "attn.v_proj", width, width);
    layout.linear(name + "attn.output_proj", width, width);
    layout.norm(name + "mlp_norm", width);
    layout.linear(name + "mlp.w1", width, ffnDim);
    layout.linear(name + "mlp.w2", ffnDim, width);
  }
}
