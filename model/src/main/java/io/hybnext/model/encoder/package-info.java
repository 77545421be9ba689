/**
 * Frozen encoders of images, each by its folder and all behind one interface, {@link
 * io.hybnext.model.encoder.VisionEncoder}, which is the place to start: the paper's towers of
 * {@code model.tower} with preprocessing and aggregation ({@link
 * io.hybnext.model.encoder.TowerEncoder}), and small ones of our own for X-rays with their
 * training: the default alignment teacher, trained without labels ({@link
 * io.hybnext.model.encoder.SelfSupervisedTraining}), and the network that FID and KID look through,
 * trained on labels ({@link io.hybnext.model.encoder.LabelTraining}), which is another architecture
 * on purpose: a metric must not share its eyes with the teacher.
 */
package io.hybnext.model.encoder;
