package io.hybnext.ops.evaluation;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.encoder.ClipModel;
import io.hybnext.model.metrics.ClipScore;
import io.hybnext.streams.image.ImageFit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well pictures go with their captions, in the space of a CLIP whose folder is given. Used by
 * one thread at a time.
 */
public final class CaptionAgreement implements AutoCloseable {
  private static final int PASS = 32;

  private final ClipModel clip;

  private CaptionAgreement(ClipModel clip) {
    this.clip = clip;
  }

  /**
   * Opens the CLIP of a folder. The caller closes the result.
   *
   * @throws IOException with a sentence when it lacks a tower or its tokenizer
   */
  public static CaptionAgreement open(TorchEngine engine, Path folder) throws IOException {
    return new CaptionAgreement(ClipModel.open(engine, folder));
  }

  /**
   * Scores by name: the mean cosine, which the paper reports, and Hessel's CLIPScore, of drawn
   * pictures and of the real images of the same captions.
   */
  public Map<String, Object> scores(
      List<String> captions, List<Image> drawn, List<Image> originals) {
    double[][] texts = clip.texts().encode(captions);
    double[][] pictures = embeddings(drawn);
    Map<String, Object> scores = new LinkedHashMap<>();
    scores.put("clip_score", ClipScore.meanCosine(pictures, texts));
    scores.put("clip_score_hessel", ClipScore.hessel(pictures, texts));
    scores.put("clip_score_of_originals", ClipScore.meanCosine(embeddings(originals), texts));
    return scores;
  }

  private double[][] embeddings(List<Image> images) {
    ImageFit fit = new ImageFit(clip.images().framing(), clip.images().channels());
    return clip.images().encode(images.stream().map(fit::apply).toList(), PASS);
  }

  @Override
  public void close() {
    clip.close();
  }
}
