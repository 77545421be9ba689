/**
 * Codecs of image data that lie in memory: what the JDK's readers decode, and the kinds of JPEG in
 * medical images that they do not. Read {@link io.hybnext.streams.codec.LibJpeg} and {@link
 * io.hybnext.streams.codec.HuffmanJpeg} first.
 */
package io.hybnext.streams.codec;
