package io.hybnext.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import io.hybnext.model.transformer.TransformerJson;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.transformer.TransformerPresets;
import io.hybnext.model.weights.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** LlamaGen's transformers, for classes ({@code c2i}) and captions ({@code t2i}). */
final class LlamaGenModel implements PublishedModel {
  private static final String CLASSES = "cls_embedding.embedding_table.weight";
  private static final String CAPTIONS = "cls_embedding.cap_proj.fc1.weight";
  private static final String TOKENS = "tok_embeddings.weight";
  private static final int REDUCTION = 16; // pixels of an image side that one token covers
  private static final int USUAL_IMAGE_SIZE = 256;
  private static final Pattern IMAGE_SIZE = Pattern.compile("(?:.*[_-])?(256|384|512)(?:[_.-].*)?");

  private final ModelType type;

  LlamaGenModel(ModelType type) {
    this.type = type;
  }

  @Override
  public String kind() {
    return "llamagen-" + type.setting();
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains(TOKENS)
        && keys.contains(type == ModelType.C2I ? CLASSES : CAPTIONS)
        && keys.contains("layers.0.attention.wqkv.weight");
  }

  @Override
  public String torchKey() {
    return "model";
  }

  @Override
  public String settingsKey() {
    return "n_head";
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    Optional<JsonNode> given = hints.config().filter(this::reads);
    TransformerConfig config =
        given.isPresent() ? TransformerJson.read(given.get()) : published(keys, hints);
    String size =
        TransformerPresets.names().stream()
            .filter(name -> sameSize(TransformerPresets.named(name), config))
            .findFirst()
            .orElse(config.nLayer() + " blocks of width " + config.dim());
    String description =
        String.format("LlamaGen %s, %s, %d image tokens", size, type.setting(), config.blockSize());
    return new Identified(
        kind(),
        description,
        TransformerJson.write(config),
        Identified.USUAL_CONFIG,
        shapes(TransformerLayout.of(config)),
        key -> key.startsWith(PROJECTOR),
        "freqs_cis"::equals);
  }

  private static boolean sameSize(TransformerConfig preset, TransformerConfig config) {
    return preset.dim() == config.dim()
        && preset.nLayer() == config.nLayer()
        && preset.nHead() == config.nHead()
        && preset.ffnDim() == config.ffnDim();
  }

  private TransformerConfig published(KeyShapes keys, Hints hints) throws CheckpointException {
    int dim = keys.length(TOKENS, 1);
    int layers = keys.count("layers.");
    TransformerConfig preset =
        TransformerPresets.names().stream()
            .filter(name -> name.startsWith("GPT-"))
            .map(TransformerPresets::named)
            .filter(config -> config.dim() == dim && config.nLayer() == layers)
            .findFirst()
            .orElseThrow(
                () ->
                    keys.defect(
                        "has "
                            + layers
                            + " blocks of width "
                            + dim
                            + ", which is no published size: give its settings (n_head and others,"
                            + " under LlamaGen's names) with --config"));
    int side = imageSize(keys, hints) / REDUCTION;
    int vocabulary = keys.length(TOKENS, 0);
    return type == ModelType.C2I
        ? TransformerPresets.sized(preset, vocabulary, side * side, keys.length(CLASSES, 0) - 1)
        : TransformerPresets.forCaptions(
            TransformerPresets.sized(preset, vocabulary, side * side, preset.numClasses()),
            keys.length(TransformerLayout.UNCONDITIONAL, 0),
            keys.length(CAPTIONS, 1));
  }

  /** The released files carry the image size in their names, and nowhere else. */
  private static int imageSize(KeyShapes keys, Hints hints) {
    Matcher named = IMAGE_SIZE.matcher(keys.fileName());
    int usual = named.matches() ? Integer.parseInt(named.group(1)) : USUAL_IMAGE_SIZE;
    return hints.imageSize().orElse(usual);
  }

  /** Shapes of all parameters of a layout, frozen ones included. */
  static Map<String, long[]> shapes(ParameterLayout layout) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    Stream.concat(
            layout.buckets().stream().flatMap(bucket -> bucket.parameters().stream()),
            layout.frozen().stream())
        .forEach(
            p -> shapes.put(p.name(), p.shape().stream().mapToLong(Integer::longValue).toArray()));
    return shapes;
  }
}
