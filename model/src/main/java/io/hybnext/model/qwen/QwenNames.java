package io.hybnext.model.qwen;

/** How checkpoints name the parameters of a Qwen3 backbone. */
public enum QwenNames {
  /** Hugging Face's {@code Qwen3ForCausalLM}. */
  HUGGING_FACE(
      "model.embed_tokens.weight",
      "model.layers.",
      new String[] {
        "self_attn.q_proj.weight",
        "self_attn.k_proj.weight",
        "self_attn.v_proj.weight",
        "self_attn.o_proj.weight",
        "mlp.gate_proj.weight",
        "mlp.up_proj.weight",
        "mlp.down_proj.weight",
        "input_layernorm.weight",
        "post_attention_layernorm.weight",
        "self_attn.q_norm.weight",
        "self_attn.k_norm.weight"
      },
      "model.norm.weight"),
  /** The Kelix repository; spec/kelix.md section 5.7. */
  KELIX(
      "model.model.tok_embeddings.embed_tokens.weight",
      "model.model.layers.",
      new String[] {
        "attn.q_proj.weight",
        "attn.k_proj.weight",
        "attn.v_proj.weight",
        "attn.output_proj.weight",
        "mlp.w1.weight",
        "mlp.w3.weight",
        "mlp.w2.weight",
        "sa_norm.scale",
        "mlp_norm.scale",
        "attn.q_norm.scale",
        "attn.k_norm.scale"
      },
      "model.model.norm.scale");

  /** Both call the output matrix so. */
  public static final String HEAD = "lm_head.weight";

  private final String embeddings;
  private final String layers;
  private final String[] parts;
  private final String norm;

  QwenNames(String embeddings, String layers, String[] parts, String norm) {
    this.embeddings = embeddings;
    this.layers = layers;
    this.parts = parts;
    this.norm = norm;
  }

  /** The embedding table. */
  public String embeddings() {
    return embeddings;
  }

  /** The final norm's gain. */
  public String norm() {
    return norm;
  }

  /** A block as logs and checkpoints name it. */
  String bucket(int layer) {
    return "layers." + layer;
  }

  /**
   * A block's parameter: projections of queries, keys, values and output, gate, up, down, and the
   * gains of attention, feed-forward, queries and keys, from 0.
   */
  String part(int layer, int part) {
    return layers + layer + "." + parts[part];
  }
}
