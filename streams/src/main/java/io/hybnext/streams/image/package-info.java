/**
 * Images: what an image file says of itself before it is decoded, decoding, the quality gate, and
 * the fit to a network's size. {@link io.hybnext.streams.image.ImageTokenizer} and {@link
 * io.hybnext.streams.image.FeatureEncoder} are what ops plugs in. Read {@link
 * io.hybnext.streams.image.ImageDecoder} first.
 */
package io.hybnext.streams.image;
