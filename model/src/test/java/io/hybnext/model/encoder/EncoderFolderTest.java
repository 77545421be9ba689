package io.hybnext.model.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.tower.SamTower;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.tower.VitConfig;
import io.hybnext.model.tower.VitKeys;
import io.hybnext.model.tower.VitTower;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders as the projects release them, made of the reference cases. Expected features come from
 * the tower on the case's own pixel values, which the projects' preprocessing computed.
 */
class EncoderFolderTest {
  private static final Path GOLDEN = Path.of(System.getProperty("hybnext.root"), "tests", "golden");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  @TempDir Path folder;

  @Test
  void shouldOpenBiomedClipOfOpenClip() throws IOException {
    openClipFolder();
    assertFeatures("encoder-biomedclip", "pre_c", "_pixel_values_open_clip", this::openClip);
  }

  @Test
  void shouldOpenThePortOfBiomedClip() throws IOException {
    ObjectNode config = config("encoder-biomedclip").path("transformers_port").deepCopy();
    config.put("model_type", "clip").putArray("architectures").add("BiomedCLIPModel");
    write("config.json", config.toString());
    copy("encoder-biomedclip", "model_hf.safetensors", "model.safetensors");
    assertFeatures(
        "encoder-biomedclip",
        "pre_b",
        "_pixel_values_hf",
        (scope, pixels) -> {
          VitConfig sizes = TowerJson.biomedClipPort(config.path("vision_config"), 32);
          return vit(scope, sizes, VitKeys.TRANSFORMERS, "model.safetensors", pixels);
        });
  }

  @Test
  void shouldOpenClipWithItsPreprocessorFile() throws IOException {
    JsonNode config = config("encoder-clip-l");
    write("config.json", config.toString());
    copy("encoder-clip-l", "model.safetensors", "pytorch_model.bin"); // told apart by content
    write(
        "preprocessor_config.json",
        "{\"size\": {\"shortest_edge\": 56}, \"crop_size\": 56, \"do_resize\": true, \"resample\":"
            + " 3, \"image_mean\": [0.48145466, 0.4578275, 0.40821073], \"image_std\": [0.26862954,"
            + " 0.26130258, 0.27577711]}");
    assertFeatures(
        "encoder-clip-l",
        "pre_b",
        "_pixel_values_hf",
        (scope, pixels) ->
            vit(
                scope,
                TowerJson.clip(config, 32),
                VitKeys.TRANSFORMERS,
                "pytorch_model.bin",
                pixels));
  }

  @Test
  void shouldOpenSamInBothForms() throws IOException {
    write("config.json", config("encoder-medsam").toString());
    copy("encoder-medsam", "model.safetensors", "model.safetensors");
    Forward forward =
        (scope, pixels) -> {
          Path file = GOLDEN.resolve("encoder-medsam/model.safetensors");
          try (Checkpoint weights = Checkpoint.open(file);
              SamTower tower =
                  SamTower.load(
                      engine,
                      TowerJson.sam(config("encoder-medsam")),
                      SamKeys.TRANSFORMERS,
                      weights,
                      Precision.FP32)) {
            return tower.gridMean(scope, tower.grid(scope, pixels)).toFloats();
          }
        };
    assertFeatures("encoder-medsam", "pre_a", "_pixel_values", forward);
    Files.delete(folder.resolve("config.json"));
    Files.delete(folder.resolve("model.safetensors"));
    copy("encoder-medsam", "model_sam_original.safetensors", "medsam_vit_b.pth");
    assertFeatures("encoder-medsam", "pre_b", "_pixel_values", forward);
  }

  @Test
  void shouldAggregateAsTheFileBesideItSays() throws IOException {
    openClipFolder();
    Image image = image("encoder-biomedclip", "pre_a");
    float[] patches = feature("{\"aggregation\": \"patch-mean\"}", image);
    float[] both = feature("{\"aggregation\": \"class-token-and-patch-mean\"}", image);
    float[] first = feature("{}", image);
    assertEquals(48, feature("{\"projected\": false}", image).length);
    assertArrayEquals(first, Arrays.copyOf(both, 32), 1e-6f);
    assertArrayEquals(patches, Arrays.copyOfRange(both, 32, 64), 1e-6f);
    try (Scope scope = engine.openScope("test");
        Checkpoint weights = Checkpoint.open(folder.resolve("open_clip_model.safetensors"));
        VitTower tower =
            VitTower.load(engine, openClipSizes(), VitKeys.OPEN_CLIP, weights, Precision.FP32)) {
      Array pixels = pixels(scope, "encoder-biomedclip", "pre_a_pixel_values_open_clip");
      Array normed = tower.normed(scope, tower.tokens(scope, pixels));
      float[] projected = tower.project(scope, normed).toFloats(); // 17 tokens of 32
      for (int i = 0; i < 32; i++) {
        double sum = 0;
        for (int token = 1; token < 17; token++) {
          sum += projected[32 * token + i];
        }
        assertEquals(sum / 16, patches[i], 1e-5);
      }
    }
  }

  private float[] feature(String settings, Image image) throws IOException {
    write("hybnext.json", settings);
    try (VisionEncoder encoder = VisionEncoder.open(engine, folder)) {
      float[] feature = encoder.encode(List.of(encoder.framing().apply(image))).get(0);
      assertEquals(encoder.featureDim(), feature.length);
      return feature;
    }
  }

  @Test
  void shouldTellEncodersApart() throws IOException {
    openClipFolder();
    String plain = fingerprint();
    assertEquals(plain, fingerprint());
    write("hybnext.json", "{\"aggregation\": \"patch-mean\"}");
    String other = fingerprint();
    assertNotEquals(plain, other);
    Files.delete(folder.resolve("hybnext.json"));
    Path config = folder.resolve("open_clip_config.json");
    Files.writeString(config, Files.readString(config).replace("0.48145466", "0.5"));
    assertNotEquals(plain, fingerprint());
    openClipFolder();
    Files.move(
        folder.resolve("open_clip_model.safetensors"),
        folder.resolve("open_clip_pytorch_model.bin"));
    assertEquals(plain, fingerprint()); // the same weights in another file
  }

  private String fingerprint() throws IOException {
    try (VisionEncoder encoder = VisionEncoder.open(engine, folder)) {
      return encoder.fingerprint();
    }
  }

  @Test
  void shouldSayWhatIsWrongWithAFolder() throws IOException {
    assertRefused("want config.json with its weights, open_clip_config.json");
    write("config.json", "{\"model_type\": \"bert\"}");
    assertRefused("model_type = 'bert': want clip, clip_vision_model, sam");
    write("config.json", "{");
    assertRefused("is not JSON");
    write("config.json", config("encoder-medsam").toString());
    assertRefused("holds no checkpoint");
    copy("encoder-clip-l", "model.safetensors", "model.safetensors");
    assertRefused("does not fit the configured network");
    write("config.json", config("encoder-clip-l").toString().replace("quick_gelu", "relu"));
    assertRefused("hidden_act = relu: want gelu (the exact one) or quick_gelu");
    String layers = "\"num_hidden_layers\":";
    write(
        "config.json",
        config("encoder-clip-l").toString().replace(layers + "3", layers + "2147483647"));
    assertRefused("num_hidden_layers = 2147483647 and intermediate_size = 160: want 1 to 1024");
    write("config.json", config("encoder-clip-l").toString());
    write("preprocessor_config.json", "{\"image_std\": [1, 1, 0]}");
    assertRefused("want numbers, those of std above 0");
    write("preprocessor_config.json", "{\"size\": 224}");
    assertRefused("size = 224: want the network's image_size, 56");
    Files.delete(folder.resolve("preprocessor_config.json"));
    write("hybnext.json", "{\"pooling\": \"mean\"}");
    assertRefused("unknown key 'pooling'");
    write("hybnext.json", "{\"aggregation\": \"mean\"}");
    assertRefused("aggregation = mean: want class-token, patch-mean");
  }

  private void assertRefused(String part) {
    String message =
        assertThrows(IOException.class, () -> VisionEncoder.open(engine, folder)).getMessage();
    assertTrue(message.contains(part), message);
    assertTrue(message.contains(folder.toString()), message);
  }

  @Test
  void shouldTakeGreyImagesAsThreeEqualChannels() throws IOException {
    openClipFolder();
    byte[] grey = new byte[64 * 64];
    byte[] colour = new byte[3 * grey.length];
    for (int i = 0; i < colour.length; i++) {
      grey[i / 3] = (byte) (i / 3 * 31);
      colour[i] = grey[i / 3];
    }
    try (VisionEncoder encoder = VisionEncoder.open(engine, folder)) {
      List<float[]> features =
          encoder.encode(List.of(new Image(64, 64, 1, grey), new Image(64, 64, 3, colour)));
      assertArrayEquals(features.get(0), features.get(1), 1e-6f);
    }
  }

  @Test
  void shouldRefuseImagesThatAreNotFramed() throws IOException {
    openClipFolder();
    try (VisionEncoder encoder = VisionEncoder.open(engine, folder)) {
      Image image = image("encoder-biomedclip", "pre_a");
      assertThrows(IllegalArgumentException.class, () -> encoder.encode(List.of(image)));
      assertEquals(List.of(), encoder.encode(List.of()));
    }
  }

  /** What a tower gives for (1, 3, S, S). */
  private interface Forward {
    float[] of(Scope scope, Array pixels) throws IOException;
  }

  private void assertFeatures(String name, String input, String ending, Forward forward)
      throws IOException {
    try (VisionEncoder encoder = VisionEncoder.open(engine, folder);
        Scope scope = engine.openScope("test")) {
      float[] expected = forward.of(scope, pixels(scope, name, input + ending));
      Image framed = encoder.framing().apply(image(name, input));
      List<float[]> features = encoder.encode(List.of(framed, framed));
      assertEquals(encoder.featureDim(), expected.length);
      assertArrayEquals(expected, features.get(0), 2e-5f);
      assertArrayEquals(expected, features.get(1), 2e-5f);
    }
  }

  private void openClipFolder() throws IOException {
    write("open_clip_config.json", config("encoder-biomedclip").path("open_clip").toString());
    copy("encoder-biomedclip", "model.safetensors", "open_clip_model.safetensors");
  }

  private static VitConfig openClipSizes() throws IOException {
    return TowerJson.openClip(config("encoder-biomedclip").path("open_clip"));
  }

  private float[] openClip(Scope scope, Array pixels) throws IOException {
    return vit(scope, openClipSizes(), VitKeys.OPEN_CLIP, "open_clip_model.safetensors", pixels);
  }

  private float[] vit(Scope scope, VitConfig sizes, VitKeys keys, String file, Array pixels)
      throws IOException {
    try (Checkpoint weights = Checkpoint.open(folder.resolve(file));
        VitTower tower = VitTower.load(engine, sizes, keys, weights, Precision.FP32)) {
      Array tokens = tower.tokens(scope, pixels);
      return tower.project(scope, tower.classToken(scope, tokens)).toFloats();
    }
  }

  private static Array pixels(Scope scope, String name, String key) throws IOException {
    try (Checkpoint io = Checkpoint.open(GOLDEN.resolve(name + "/io.safetensors"))) {
      long[] shape = io.entry(key).shape();
      return scope.floats(io.floats(key), 1, shape[0], shape[1], shape[2]);
    }
  }

  private static Image image(String name, String input) throws IOException {
    try (Checkpoint io = Checkpoint.open(GOLDEN.resolve(name + "/io.safetensors"))) {
      long[] shape = io.entry(input + "_in_u8").shape();
      return new Image((int) shape[1], (int) shape[0], 3, io.bytes(input + "_in_u8"));
    }
  }

  private static JsonNode config(String name) throws IOException {
    return JSON.readTree(GOLDEN.resolve(name + "/config.json").toFile());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void copy(String name, String from, String to) throws IOException {
    Files.write(folder.resolve(to), Files.readAllBytes(GOLDEN.resolve(name).resolve(from)));
  }
}
