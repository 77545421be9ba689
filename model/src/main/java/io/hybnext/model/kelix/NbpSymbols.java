package io.hybnext.model.kelix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Ids of the text vocabulary with a meaning of their own. Source: spec/kelix.md section 4.
 *
 * @param endOfBlock {@code <eob>}, behind the last symbol of every block
 * @param endOfText ends a generation
 * @param visionStart before an image
 * @param visionEnd behind an image
 * @param positionStart before the two numbers of a row of blocks
 * @param positionEnd behind them
 * @param placeholder stands for a visual block in a prompt
 */
public record NbpSymbols(
    int endOfBlock,
    int endOfText,
    int visionStart,
    int visionEnd,
    int positionStart,
    int positionEnd,
    int placeholder) {
  /** Ids of the small vocabulary: bytes below, these above. */
  public static final NbpSymbols BYTES = new NbpSymbols(262, 257, 258, 259, 260, 261, 263);

  /** Rows of the small text vocabulary: bytes, symbols, room. */
  public static final int BYTE_VOCABULARY = 320;

  /** Ids of the released vocabulary. */
  public static final NbpSymbols RELEASED =
      new NbpSymbols(151681, 151645, 151652, 151653, 151682, 151683, 151655);

  /** Reads the repository's configuration. */
  static NbpSymbols fromJson(JsonNode config) {
    JsonNode qwen = config.path("qwen_config");
    return new NbpSymbols(
        qwen.path("q_eos_token").asInt(RELEASED.endOfBlock),
        qwen.path("eos_token_id").asInt(RELEASED.endOfText),
        qwen.path("vision_start_token_id").asInt(RELEASED.visionStart),
        qwen.path("vision_end_token_id").asInt(RELEASED.visionEnd),
        config.path("pos_start_token_id").asInt(RELEASED.positionStart),
        config.path("pos_end_token_id").asInt(RELEASED.positionEnd),
        qwen.path("image_token_id").asInt(RELEASED.placeholder));
  }

  /** Writes what {@link #fromJson} reads; {@code qwen_config} is there. */
  void write(ObjectNode config) {
    ObjectNode qwen = (ObjectNode) config.path("qwen_config");
    qwen.put("q_eos_token", endOfBlock);
    qwen.put("eos_token_id", endOfText);
    qwen.put("vision_start_token_id", visionStart);
    qwen.put("vision_end_token_id", visionEnd);
    config.put("pos_start_token_id", positionStart);
    config.put("pos_end_token_id", positionEnd);
    qwen.put("image_token_id", placeholder);
  }

  int largest() {
    int largest = Math.max(endOfBlock, endOfText);
    largest = Math.max(largest, Math.max(visionStart, visionEnd));
    return Math.max(largest, Math.max(placeholder, Math.max(positionStart, positionEnd)));
  }
}
