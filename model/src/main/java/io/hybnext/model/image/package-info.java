/**
 * Pictures for people: PNG files and contact sheets of generated or reconstructed images.
 * Resampling and conversions of pixels are in {@code io.hybnext.image}. Start with {@link
 * io.hybnext.model.image.ImageGrid}.
 */
package io.hybnext.model.image;
