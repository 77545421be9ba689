/**
 * What training knows of a decoder: {@link io.hybnext.model.decoder.Decoder} cuts a network into an
 * embedding, equal-shaped blocks and a head, whose flat weights lie in the buckets of a {@link
 * io.hybnext.model.decoder.ParameterLayout}; {@link io.hybnext.model.decoder.DecoderPass} is one
 * batch on the device. LlamaGen and the others implement them; nothing here knows any of them. Read
 * {@code DecoderPass} first.
 */
package io.hybnext.model.decoder;
