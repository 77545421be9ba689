package io.hybnext.ops.evaluation;

import io.hybnext.config.SamplingSettings;
import io.hybnext.image.Image;
import io.hybnext.model.image.ImageGrid;
import io.hybnext.model.image.PngFile;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.ops.wiring.CheckpointModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Draws pictures of captions and writes them as PNG. Used by one thread at a time. */
public final class Painter {
  private static final int GRID_MARGIN = 4;

  private final VisualTokenizer tokenizer;
  private final SamplingSettings settings;
  private final long seed;

  /**
   * Prepares drawing.
   *
   * @param tokenizer decodes; stays open
   * @param seed of the noise; equal seeds draw equal pictures
   */
  public Painter(VisualTokenizer tokenizer, SamplingSettings settings, long seed) {
    this.tokenizer = tokenizer;
    this.settings = settings;
    this.seed = seed;
  }

  /**
   * Draws one picture a caption.
   *
   * @param first number of the first picture, which its noise depends on
   * @return pixels, as the tokenizer gives them
   */
  public List<byte[]> draw(CheckpointModel model, List<String> captions, long first) {
    List<byte[]> pictures = new ArrayList<>();
    for (int from = 0; from < captions.size(); from += settings.batch()) {
      int end = Math.min(captions.size(), from + settings.batch());
      int[][] tokens = model.draw(captions.subList(from, end), sampling(), seed, first + from);
      pictures.addAll(tokenizer.decode(tokens));
    }
    return pictures;
  }

  private io.hybnext.model.sampling.SamplingSettings sampling() {
    return io.hybnext.model.sampling.SamplingSettings.guided(settings.guidance())
        .withFilters(settings.temperature(), settings.topK(), settings.topP());
  }

  /**
   * Images as the tokenizer gives them back.
   *
   * @param images as many pixels as it takes
   */
  public List<byte[]> reconstruct(List<byte[]> images) {
    List<byte[]> all = new ArrayList<>();
    for (int from = 0; from < images.size(); from += settings.batch()) {
      int end = Math.min(images.size(), from + settings.batch());
      all.addAll(tokenizer.decode(tokenizer.encode(images.subList(from, end))));
    }
    return all;
  }

  /** Writes pictures as {@code PREFIX-N.png}; returns the files. */
  public List<Path> write(Path folder, String prefix, List<byte[]> pictures) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Path file = folder.resolve(prefix + "-" + i + ".png");
      PngFile.write(file, pictures.get(i), side(), side(), channels());
      files.add(file);
    }
    return files;
  }

  /** Writes a contact sheet. */
  public void writeGrid(Path file, List<byte[]> pictures, int columns) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    ImageGrid.of(pictures, side(), side(), channels(), columns, GRID_MARGIN).writePng(file);
  }

  private int side() {
    return tokenizer.codes().imageSize();
  }

  private int channels() {
    return tokenizer.codes().channels();
  }

  /** Pictures with their size. */
  public List<Image> images(List<byte[]> pictures) {
    return pictures.stream().map(p -> new Image(side(), side(), channels(), p)).toList();
  }
}
