package io.hybnext.model.tower;

/**
 * Sizes and variants of a vision transformer with a class token.
 *
 * @param width of the tokens
 * @param depth blocks
 * @param heads of the attention; divides the width
 * @param mlpWidth of the feed-forward layers
 * @param imageSize side of the input, pixels
 * @param patch side of a patch; divides the image size
 * @param activation of the feed-forward layers
 * @param eps of the layer norms
 * @param patchBias whether the patch convolution has a bias (timm, BioMedCLIP; not CLIP)
 * @param preNorm whether the tokens are normed before the first block (CLIP; not timm)
 * @param projectionDim length of the projected tokens
 */
public record VitConfig(
    int width,
    int depth,
    int heads,
    int mlpWidth,
    int imageSize,
    int patch,
    Activation activation,
    double eps,
    boolean patchBias,
    boolean preNorm,
    int projectionDim) {

  /** Checks that heads and patches divide. */
  public VitConfig {
    TowerSizes.check(width, heads, depth, mlpWidth);
    TowerSizes.checkImage(imageSize, patch);
    if (projectionDim < 1) {
      throw new IllegalArgumentException("projection_dim = " + projectionDim + ": want at least 1");
    }
  }

  /** BioMedCLIP's image tower as open_clip builds it: timm's ViT-B/16, projected to 512. */
  public static VitConfig biomedClip() {
    return new VitConfig(768, 12, 12, 3072, 224, 16, Activation.GELU, 1e-6, true, false, 512);
  }

  /** OpenAI's CLIP ViT-L/14. */
  public static VitConfig clipLarge() {
    return new VitConfig(
        1024, 24, 16, 4096, 224, 14, Activation.QUICK_GELU, 1e-5, false, true, 768);
  }

  /** Tokens of an image, the class token included. */
  public int tokens() {
    int side = imageSize / patch;
    return 1 + side * side;
  }
}
