package io.hybnext.model.tower;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.network.JsonNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads sizes of towers from the configurations of transformers and open_clip. What a file leaves
 * out has the default of its library. Every method throws {@link IllegalArgumentException} with a
 * sentence when a value is impossible or asks for a variant that the towers lack.
 */
public final class TowerJson {
  private static final Pattern TIMM =
      Pattern.compile("vit_(tiny|small|base|large)_patch(\\d{1,3})_(\\d{1,4})");
  private static final double TIMM_EPS = 1e-6;

  /** Width, depth and heads of timm's sizes. */
  private static final Map<String, int[]> TIMM_SIZES =
      Map.of(
          "tiny", new int[] {192, 12, 3},
          "small", new int[] {384, 12, 6},
          "base", new int[] {768, 12, 12},
          "large", new int[] {1024, 24, 16});

  private TowerJson() {}

  /**
   * The vision tower of transformers' CLIP.
   *
   * @param vision a {@code CLIPVisionConfig}
   * @param projectionDim of the whole model
   */
  public static VitConfig clip(JsonNode vision, int projectionDim) {
    return transformers(vision, projectionDim, "quick_gelu", 1e-5, false);
  }

  /**
   * The vision tower of the BioMedCLIP port: no norm before the blocks, a bias at the patches.
   *
   * @param vision its {@code vision_config}
   * @param projectionDim of the whole model
   */
  public static VitConfig biomedClipPort(JsonNode vision, int projectionDim) {
    return transformers(vision, projectionDim, "gelu", 1e-12, true);
  }

  private static VitConfig transformers(
      JsonNode vision, int projectionDim, String activation, double eps, boolean biomed) {
    only(vision, "num_channels", 3);
    return new VitConfig(
        whole(vision, "hidden_size", 768),
        whole(vision, "num_hidden_layers", 12),
        whole(vision, "num_attention_heads", 12),
        whole(vision, "intermediate_size", 3072),
        whole(vision, "image_size", 224),
        whole(vision, "patch_size", 32),
        Activation.named(vision.path("hidden_act").asText(activation)),
        number(vision, "layer_norm_eps", eps),
        biomed,
        !biomed,
        projectionDim);
  }

  /**
   * The image tower of open_clip around a timm network.
   *
   * @param config a whole {@code open_clip_config.json}; an object {@code _trunk}, which open_clip
   *     does not know, may give other sizes than the name of the network
   */
  public static VitConfig openClip(JsonNode config) {
    JsonNode model = config.path("model_cfg");
    JsonNode vision = model.path("vision_cfg");
    JsonNode trunk = config.path("_trunk");
    String name = vision.path("timm_model_name").asText("");
    Matcher timm = TIMM.matcher(name);
    if (!timm.matches()) {
      throw new IllegalArgumentException(
          "vision_cfg.timm_model_name = '"
              + name
              + "': want vit_tiny, vit_small, vit_base or vit_large with patch and image size, such"
              + " as vit_base_patch16_224");
    }
    String pool = vision.path("timm_pool").asText("");
    String projection = vision.path("timm_proj").asText("linear");
    if (!(pool.isEmpty() || pool.equals("token")) || !projection.equals("linear")) {
      throw new IllegalArgumentException(
          "vision_cfg.timm_pool = '"
              + pool
              + "' and timm_proj = '"
              + projection
              + "': want pooling by class token and a linear projection");
    }
    int[] sizes = TIMM_SIZES.get(timm.group(1));
    int width = whole(trunk, "embed_dim", sizes[0]);
    return new VitConfig(
        width,
        whole(trunk, "depth", sizes[1]),
        whole(trunk, "num_heads", sizes[2]),
        4 * width,
        whole(vision, "image_size", Integer.parseInt(timm.group(3))),
        Integer.parseInt(timm.group(2)),
        Activation.GELU,
        TIMM_EPS,
        true,
        false,
        whole(model, "embed_dim", 512));
  }

  /**
   * SAM's image encoder.
   *
   * @param vision a {@code SamVisionConfig}
   */
  public static SamConfig sam(JsonNode vision) {
    only(vision, "num_channels", 3);
    for (String flag : List.of("qkv_bias", "use_abs_pos", "use_rel_pos")) {
      if (!vision.path(flag).asBoolean(true)) {
        throw new IllegalArgumentException(flag + " = false: want true, as in every SAM");
      }
    }
    if (Activation.named(vision.path("hidden_act").asText("gelu")) != Activation.GELU) {
      throw new IllegalArgumentException("hidden_act: want gelu, as in every SAM");
    }
    int width = whole(vision, "hidden_size", 768);
    List<Integer> global = new ArrayList<>();
    if (vision.path("global_attn_indexes").isArray()) {
      vision.path("global_attn_indexes").forEach(index -> global.add(index.asInt(-1)));
    } else {
      global.addAll(SamConfig.base().globalBlocks());
    }
    return new SamConfig(
        width,
        whole(vision, "num_hidden_layers", 12),
        whole(vision, "num_attention_heads", 12),
        whole(vision, "mlp_dim", (int) (width * number(vision, "mlp_ratio", 4))),
        whole(vision, "image_size", 1024),
        whole(vision, "patch_size", 16),
        whole(vision, "window_size", 14),
        global,
        whole(vision, "output_channels", 256));
  }

  /**
   * The text tower of the BioMedCLIP port.
   *
   * @param model its whole {@code config.json}
   */
  public static BertConfig biomedClipPortText(JsonNode model) {
    JsonNode text = model.path("text_config");
    JsonNode projection = model.path("text_projection_config");
    BertConfig usual = BertConfig.biomedClip();
    return new BertConfig(
        whole(text, "vocab_size", usual.vocabulary()),
        whole(text, "max_position_embeddings", usual.positions()),
        whole(text, "type_vocab_size", usual.types()),
        whole(text, "hidden_size", usual.width()),
        whole(text, "num_hidden_layers", usual.depth()),
        whole(text, "num_attention_heads", usual.heads()),
        whole(text, "intermediate_size", usual.mlpWidth()),
        number(text, "layer_norm_eps", usual.eps()),
        whole(text, "pad_token_id", 0),
        Math.min(usual.contextLength(), whole(text, "max_position_embeddings", usual.positions())),
        false,
        whole(projection, "intermediate_size", usual.projectionWidth()),
        whole(model, "projection_dim", usual.projectionDim()));
  }

  /**
   * The text tower of open_clip around a BERT of transformers, whose sizes are PubMedBERT's: the
   * configuration only names it.
   *
   * @param config a whole {@code open_clip_config.json}; an object {@code _text}, which open_clip
   *     does not know, may give other sizes under transformers' names
   */
  public static BertConfig openClipText(JsonNode config) {
    JsonNode model = config.path("model_cfg");
    JsonNode text = model.path("text_cfg");
    JsonNode sizes = config.path("_text");
    String pooler = either(text, "hf_pooler_type", "pooler_type", "cls_last_hidden_state_pooler");
    String projection = either(text, "hf_proj_type", "proj", "mlp");
    boolean cls = pooler.equals("cls_pooler");
    if (!(cls || pooler.equals("cls_last_hidden_state_pooler")) || !projection.equals("mlp")) {
      throw new IllegalArgumentException(
          "text_cfg: pooler '"
              + pooler
              + "' and projection '"
              + projection
              + "': want cls_last_hidden_state_pooler or cls_pooler, and mlp");
    }
    BertConfig usual = BertConfig.biomedClip();
    int dim = whole(model, "embed_dim", usual.projectionDim());
    int width = whole(sizes, "hidden_size", usual.width());
    return new BertConfig(
        whole(sizes, "vocab_size", usual.vocabulary()),
        whole(sizes, "max_position_embeddings", usual.positions()),
        usual.types(),
        width,
        whole(sizes, "num_hidden_layers", usual.depth()),
        whole(sizes, "num_attention_heads", usual.heads()),
        whole(sizes, "intermediate_size", usual.mlpWidth()),
        usual.eps(),
        usual.padId(),
        whole(text, "context_length", 77),
        cls,
        (width + dim) / 2,
        dim);
  }

  /** A key by its present or its former name. */
  private static String either(JsonNode node, String key, String former, String otherwise) {
    return node.path(key).asText(node.path(former).asText(otherwise));
  }

  /** A whole number, or the default when it is absent or null. */
  static int whole(JsonNode node, String key, int otherwise) {
    return new JsonNumbers("", node).integer(key, otherwise);
  }

  private static double number(JsonNode node, String key, double otherwise) {
    return new JsonNumbers("", node).number(key, otherwise);
  }

  private static void only(JsonNode node, String key, int wanted) {
    if (whole(node, key, wanted) != wanted) {
      throw new IllegalArgumentException(key + " = " + node.path(key) + ": want " + wanted);
    }
  }
}
