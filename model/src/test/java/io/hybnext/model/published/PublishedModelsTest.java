package io.hybnext.model.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqWeights;
import io.hybnext.model.tower.BertConfig;
import io.hybnext.model.tower.BertKeys;
import io.hybnext.model.tower.SamConfig;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.tower.VitConfig;
import io.hybnext.model.tower.VitKeys;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerJson;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.transformer.TransformerPresets;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.PieceSink;
import io.hybnext.model.weights.TensorEntry;
import io.hybnext.model.weights.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published sizes are told from keys and shapes alone, so no weights are needed here. */
class PublishedModelsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A released file of which only the header counts. */
  private record Released(Path path, Map<String, long[]> shapes) implements Checkpoint {
    @Override
    public Map<String, TensorEntry> entries() {
      Map<String, TensorEntry> entries = new LinkedHashMap<>();
      shapes.forEach(
          (name, shape) -> entries.put(name, TensorEntry.of(name, TensorType.F32, shape)));
      return entries;
    }

    @Override
    public ByteBuffer data(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void stream(String name, PieceSink sink) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static Identified identify(String file, Map<String, long[]> shapes, Hints hints)
      throws IOException {
    Released released = new Released(Path.of(file), shapes);
    Identified found = PublishedModels.identify(released, Optional.empty(), hints);
    assertEquals(shapes.keySet().size(), found.check(released).size());
    return found;
  }

  private static Identified identify(String file, Map<String, long[]> shapes) throws IOException {
    return identify(file, shapes, Hints.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "GPT-B, c2i_B_256.pt, 256",
    "GPT-B, c2i_B_384.pt, 576",
    "GPT-L, c2i_L_384.pt, 576",
    "GPT-XL, c2i_XL_384.pt, 576",
    "GPT-XXL, c2i_XXL_384.pt, 576",
    "GPT-3B, c2i_3B_384.pt, 576",
    "GPT-3B, renamed.pt, 256"
  })
  void shouldTellLlamaGenSizesForClasses(String preset, String file, int tokens)
      throws IOException {
    TransformerConfig config = TransformerPresets.named(preset);
    Identified found = identify(file, LlamaGenModel.shapes(TransformerLayout.of(config)));
    assertEquals("llamagen-c2i", found.kind());
    assertTrue(found.description().contains(preset + ","), found.description());
    assertEquals(
        TransformerPresets.sized(config, 16384, tokens, 1000),
        TransformerJson.read(found.config()));
  }

  @Test
  void shouldTellLlamaGenForCaptions() throws IOException {
    TransformerConfig config =
        TransformerPresets.forCaptions(TransformerPresets.named("GPT-XL"), 120, 2048);
    Identified found =
        identify("t2i_XL_stage2_512.pt", LlamaGenModel.shapes(TransformerLayout.of(config)));
    assertEquals("llamagen-t2i", found.kind());
    TransformerConfig read = TransformerJson.read(found.config());
    assertEquals(1024, read.blockSize());
    assertEquals(120, read.clsTokenNum());
    Hints small = new Hints(Optional.empty(), OptionalInt.of(256));
    Identified told = identify("x.pt", LlamaGenModel.shapes(TransformerLayout.of(config)), small);
    assertEquals(config, TransformerJson.read(told.config()));
  }

  @ParameterizedTest
  @CsvSource({"'[1,1,2,2,4]', 16", "'[1,2,2,4]', 8"})
  void shouldTellLlamaGenTokenizers(String multiples, int factor) throws IOException {
    JsonNode json =
        JSON.readTree(
            "{\"encoder_ch_mult\":" + multiples + ",\"decoder_ch_mult\":" + multiples + "}");
    VqConfig config = VqConfig.fromJson(json);
    Map<String, long[]> shapes = VqWeights.shapes(config);
    shapes.put(VqWeights.CODEBOOK_USED, new long[] {65536});
    Identified found = identify("vq.pt", shapes);
    assertEquals(config, VqConfig.fromJson(found.config()));
    assertTrue(found.description().contains("VQ-" + factor + ","), found.description());
  }

  @Test
  void shouldTellChameleonsTokenizer() throws IOException {
    VqConfig config = VqConfig.fromJson(JSON.readTree("{\"ddconfig\":{}}"));
    assertEquals(1024, config.tokensPerImage());
    Map<String, long[]> shapes = VqWeights.shapes(config);
    shapes.put("loss.perceptual_loss.lin0.model.1.weight", new long[] {1, 64, 1, 1});
    Released released = new Released(Path.of("vqgan.ckpt"), shapes);
    Identified found = PublishedModels.identify(released, Optional.empty(), Hints.NONE);
    assertEquals("chameleon-vq", found.kind());
    assertEquals(shapes.size() - 1, found.check(released).size());
    assertEquals(config, VqConfig.fromJson(found.config()));
  }

  @Test
  void shouldTellBiomedClipInBothLayouts() throws IOException {
    Map<String, long[]> open = VitKeys.OPEN_CLIP.map(VitConfig.biomedClip()).shapes();
    open.putAll(BertKeys.OPEN_CLIP.map(BertConfig.biomedClip()).shapes());
    open.put("logit_scale", new long[0]);
    Identified found = identify("open_clip_pytorch_model.bin", open);
    assertEquals("biomedclip", found.kind());
    assertEquals(VitConfig.biomedClip(), TowerJson.openClip(found.config()));
    assertEquals(BertConfig.biomedClip(), TowerJson.openClipText(found.config()));
    assertEquals(Identified.OPEN_CLIP_CONFIG, found.configFile());
    Map<String, long[]> port = VitKeys.TRANSFORMERS.map(VitConfig.biomedClip()).shapes();
    assertEquals("biomedclip-hf", identify("pytorch_model.bin", port).kind());
  }

  @Test
  void shouldTellClipLarge() throws IOException {
    Map<String, long[]> shapes = VitKeys.TRANSFORMERS.map(VitConfig.clipLarge()).shapes();
    shapes.put("vision_model.embeddings.position_ids", new long[] {1, 257});
    shapes.put("text_model.embeddings.token_embedding.weight", new long[] {49408, 768});
    Identified found = identify("model.safetensors", shapes);
    assertEquals("clip", found.kind());
    assertEquals(VitConfig.clipLarge(), TowerJson.clip(found.config(), 768));
  }

  @Test
  void shouldTellSamInBothLayouts() throws IOException {
    for (SamKeys keys : SamKeys.values()) {
      Map<String, long[]> shapes = keys.map(SamConfig.base()).shapes();
      shapes.put("mask_decoder.iou_token.weight", new long[] {1, 256});
      Identified found = identify("medsam_vit_b.pth", shapes);
      assertEquals(SamConfig.base(), TowerJson.sam(found.config()));
      assertEquals(keys, SamKeys.of(found.config()));
    }
  }

  @Test
  void shouldTellChameleonWithAndWithoutTheProjector() throws IOException {
    ChameleonConfig config = ChameleonConfig.published7B();
    Hints hints = new Hints(Optional.of(ChameleonJson.write(config)), OptionalInt.empty());
    Map<String, long[]> plain = LlamaGenModel.shapes(config.layout());
    assertTrue(identify("model", plain, hints).description().contains("without ARRA's projector"));
    Map<String, long[]> aligned =
        LlamaGenModel.shapes(config.withNormRows(32).layout().withProjector(4096, 512, false));
    Identified found = identify("model", aligned, hints);
    assertTrue(found.description().contains("with ARRA's projector"), found.description());
    assertEquals(32, found.config().path("model_parallel_size").asInt());
    CheckpointException lacking =
        assertThrows(CheckpointException.class, () -> identify("model", plain));
    assertTrue(lacking.getMessage().contains("vocabulary_map"), lacking.getMessage());
  }

  @Test
  void shouldDropBuffersThatNobodyNeeds() throws IOException {
    Map<String, long[]> shapes =
        LlamaGenModel.shapes(TransformerLayout.of(TransformerPresets.named("GPT-B")));
    shapes.put("freqs_cis", new long[] {257, 32, 2});
    Released released = new Released(Path.of("c2i_B_256.pt"), shapes);
    List<String> kept =
        PublishedModels.identify(released, Optional.empty(), Hints.NONE).check(released);
    assertEquals(shapes.size() - 1, kept.size());
  }
}
