package io.hybnext.model.tokenizer;

/**
 * What a tokenizer takes and gives.
 *
 * @param imageSize side of the square images, pixels
 * @param channels of the images, 1 or 3
 * @param gridSize positions along one side of an image
 * @param codes of a position, each from a codebook of its own
 * @param codebookSize entries of each codebook; every token is below it
 */
public record ImageCodes(int imageSize, int channels, int gridSize, int codes, int codebookSize) {

  /** Tokens of an image: the codes of the first position, of the next one in raster order, ... */
  public int tokensPerImage() {
    return gridSize * gridSize * codes;
  }
}
