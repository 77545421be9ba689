package io.hybnext.model.metrics;

/**
 * Agreement of images with their captions in a joint embedding space. Public programs report
 * different figures of the same cosines, so each has its own name here.
 */
public final class ClipScore {
  private ClipScore() {}

  /** Mean cosine, unclamped: what LlamaGen's evaluation reports. */
  public static double meanCosine(double[][] images, double[][] texts) {
    double sum = 0;
    for (double cosine : cosines(images, texts)) {
      sum += cosine;
    }
    return sum / images.length;
  }

  /** 100 max(mean cosine, 0): what torchmetrics reports. */
  public static double percent(double[][] images, double[][] texts) {
    return 100 * Math.max(0, meanCosine(images, texts));
  }

  /** 2.5 mean(max(cosine, 0)): Hessel et al., "CLIPScore" (2021). */
  public static double hessel(double[][] images, double[][] texts) {
    double sum = 0;
    for (double cosine : cosines(images, texts)) {
      sum += Math.max(0, cosine);
    }
    return 2.5 * sum / images.length;
  }

  /** 100 mean(max(cosine, 0)): clamped each, before the mean. */
  public static double percentEach(double[][] images, double[][] texts) {
    return 40 * hessel(images, texts);
  }

  /**
   * The cosine of every image with its text.
   *
   * @param images rows of equal length
   * @param texts as many rows of the same length
   */
  public static double[] cosines(double[][] images, double[][] texts) {
    Features.checkPair(images, texts, 1);
    if (images.length != texts.length) {
      throw new IllegalArgumentException(
          images.length + " images and " + texts.length + " texts: want pairs");
    }
    double[] cosines = new double[images.length];
    for (int i = 0; i < cosines.length; i++) {
      double lengths =
          Math.sqrt(Features.dot(images[i], images[i]) * Features.dot(texts[i], texts[i]));
      cosines[i] = lengths == 0 ? 0 : Features.dot(images[i], texts[i]) / lengths;
    }
    return cosines;
  }
}
