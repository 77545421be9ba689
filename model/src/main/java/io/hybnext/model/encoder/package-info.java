/**
 * Small vision encoders of our own, for X-rays: the default alignment teacher, trained without
 * labels ({@link io.hybnext.model.encoder.SelfSupervisedTraining}), and the network that FID and
 * KID look through, trained on labels ({@link io.hybnext.model.encoder.LabelTraining}), which is
 * another architecture on purpose: a metric must not share its eyes with the teacher. Read {@link
 * io.hybnext.model.encoder.VisionEncoder} first.
 */
package io.hybnext.model.encoder;
