/**
 * Training and checking of the small vision encoders that are shipped: the alignment teacher and
 * the network behind FID and KID. Read {@link io.hybnext.ops.encoder.EncoderTraining} first.
 */
package io.hybnext.ops.encoder;
