/**
 * 8-bit images as plain byte arrays: resampling bit for bit as Pillow does it, centre crops, and
 * the conversions between bytes and the networks' numbers. This module is the only one that both
 * {@code streams} and {@code model} see, so it is also the home of the few plain Java value
 * algorithms that both need and neither owns. Start with {@link io.hybnext.image.Resampling}.
 *
 * <p>Pixels are unsigned bytes, row by row, channels interleaved: index {@code (y * width + x) *
 * channels + c}.
 */
package io.hybnext.image;
