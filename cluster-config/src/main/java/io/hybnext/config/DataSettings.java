package io.hybnext.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The {@code data} section of reference.conf. Images, their tokens and their features.
 *
 * @param source {@code bundled:sample}, a folder or a manifest
 * @param folderCaption of images from a folder that have no {@code .txt} file beside them
 * @param folderSplit of all images from a folder
 * @param captionTemplate of the captions of DICOM images
 * @param records what is taken of ARRA's records
 * @param store absolute folder of the segment store
 * @param imageSize side of the square images, in pixels
 * @param tokenizer {@code bundled:NAME} or a folder
 * @param encoder of alignment targets: {@code bundled:NAME} or a folder
 * @param evaluator of FID and KID: {@code bundled:NAME} or a folder
 * @param trainSplits splits trained on
 * @param heldOutSplits splits kept for evaluation
 * @param mixing how new items enter a run that goes on
 */
public record DataSettings(
    String source,
    String folderCaption,
    String folderSplit,
    String captionTemplate,
    Records records,
    Path store,
    int imageSize,
    String tokenizer,
    String encoder,
    String evaluator,
    List<String> trainSplits,
    List<String> heldOutSplits,
    MixingSettings mixing) {

  /** What is taken of the records that ARRA's data preparation writes. */
  public enum Records {
    /** Their images, which are tokenised here; they have no captions. */
    IMAGES,
    /** Codes and caption of their token files, too. */
    TOKENS
  }

  /** Checks every value. */
  public DataSettings {
    Rule.notBlank("data.source", source);
    Rule.notBlank("data.folder-caption", folderCaption);
    Rule.notBlank("data.folder-split", folderSplit);
    Rule.notBlank("data.caption-template", captionTemplate);
    Rule.check(store.isAbsolute(), "data.store", store, "an absolute path");
    Rule.check(
        imageSize >= 16 && imageSize <= 4096 && imageSize % 4 == 0,
        "data.image-size",
        imageSize,
        "a multiple of 4 from 16 to 4096");
    Rule.notBlank("data.tokenizer", tokenizer);
    Rule.notBlank("data.encoder", encoder);
    Rule.notBlank("data.evaluator", evaluator);
    trainSplits = List.copyOf(trainSplits);
    heldOutSplits = List.copyOf(heldOutSplits);
    Rule.check(!trainSplits.isEmpty(), "data.train-splits", trainSplits, "at least one split");
    Rule.check(
        heldOutSplits.stream().noneMatch(trainSplits::contains),
        "data.held-out-splits",
        heldOutSplits,
        "no split of data.train-splits = " + trainSplits);
  }

  /** Whether {@code source} is the address of a server. */
  public boolean isServer() {
    return source.startsWith("http:") || source.startsWith("https:");
  }
}
