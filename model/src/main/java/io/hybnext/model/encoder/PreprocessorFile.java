package io.hybnext.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.image.Resampling;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.tower.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a released checkpoint says of its preprocessing: {@code preprocessor_config.json} of
 * transformers, {@code preprocess_cfg} of open_clip. What it leaves out is the library's default
 * for the network.
 */
final class PreprocessorFile {
  private static final String NAME = "preprocessor_config.json";

  /** Pillow's numbers of its filters, which transformers stores. */
  private static final Map<Integer, Resampling> PILLOW =
      Map.of(2, Resampling.BILINEAR, 3, Resampling.BICUBIC);

  private static final Map<String, Resampling> NAMES =
      Map.of("bilinear", Resampling.BILINEAR, "bicubic", Resampling.BICUBIC);

  private PreprocessorFile() {}

  /**
   * Reads a folder of transformers.
   *
   * @param usual preprocessing of the network where the folder says nothing
   */
  static Preprocessing transformers(Path folder, Preprocessing usual) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return usual;
    }
    JsonNode json = SettingsFile.read(file);
    try {
      for (String step : List.of("do_resize", "do_rescale", "do_normalize")) {
        want(json.path(step).asBoolean(true), step, json.path(step), "true");
      }
      checkSize(json, usual.framing().size());
      Preprocessing read = statistics(json, "image_mean", "image_std", usual);
      JsonNode resample = json.path("resample");
      if (resample.isMissingNode() || resample.isNull()) {
        return read;
      }
      Resampling filter = PILLOW.get(resample.asInt(-1));
      want(filter != null, "resample", resample, "2 (bilinear) or 3 (bicubic)");
      return read.with(filter);
    } catch (IllegalArgumentException wrong) {
      throw new IOException(file + ": " + wrong.getMessage(), wrong);
    }
  }

  /** All sizes that the file gives must be the network's. */
  private static void checkSize(JsonNode json, int size) {
    for (String key : List.of("size", "crop_size", "pad_size")) {
      JsonNode value = json.path(key);
      if (value.isIntegralNumber()) {
        want(value.asInt() == size, key, value, "the network's image_size, " + size);
      }
      value.forEach(
          side -> want(side.asInt() == size, key, value, "the network's image_size, " + size));
    }
  }

  /**
   * Reads {@code open_clip_config.json}.
   *
   * @param usual preprocessing of the network where the file says nothing
   */
  static Preprocessing openClip(Path file, JsonNode config, Preprocessing usual)
      throws IOException {
    JsonNode json = config.path("preprocess_cfg");
    try {
      String mode = json.path("resize_mode").asText("shortest");
      want(mode.equals("shortest"), "resize_mode", json.path("resize_mode"), "shortest");
      Resampling filter = NAMES.get(json.path("interpolation").asText("bicubic"));
      want(filter != null, "interpolation", json.path("interpolation"), "bilinear or bicubic");
      return statistics(json, "mean", "std", usual).with(filter);
    } catch (IllegalArgumentException wrong) {
      throw new IOException(file + ": preprocess_cfg: " + wrong.getMessage(), wrong);
    }
  }

  private static Preprocessing statistics(
      JsonNode json, String mean, String deviation, Preprocessing usual) {
    return usual.with(
        numbers(json.path(mean), usual.mean()), numbers(json.path(deviation), usual.deviation()));
  }

  private static List<Float> numbers(JsonNode list, List<Float> otherwise) {
    if (!list.isArray()) {
      return otherwise;
    }
    List<Float> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add((float) number.asDouble(Double.NaN)));
    return numbers;
  }

  private static void want(boolean right, String key, JsonNode value, String rule) {
    if (!right) {
      throw new IllegalArgumentException(key + " = " + value + ": want " + rule);
    }
  }
}
