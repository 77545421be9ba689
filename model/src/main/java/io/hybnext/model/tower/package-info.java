/**
 * The frozen transformers of the paper: the vision transformers of BioMedCLIP and CLIP ({@link
 * io.hybnext.model.tower.VitTower}), the image encoder of SAM and MedSAM ({@link
 * io.hybnext.model.tower.SamTower}), the BERT of BioMedCLIP's captions ({@link
 * io.hybnext.model.tower.BertTower}). Each has one canonical set of weights, which its {@code Keys}
 * class finds in the checkpoints of several projects ({@link io.hybnext.model.tower.WeightMap}).
 * Preprocessing, recognition of folders and features stand in {@code model.encoder}. Read {@link
 * io.hybnext.model.tower.VitTower} first.
 */
package io.hybnext.model.tower;
