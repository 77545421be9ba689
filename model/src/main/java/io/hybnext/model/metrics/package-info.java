/**
 * Figures of merit in plain Java and fp64: how far generated images are from real ones (Frechet and
 * kernel distance, precision, recall, density, coverage), how far a reconstruction is from its
 * original (PSNR, SSIM, MS-SSIM), and how much a feature can teach (effective rank, share explained
 * by the caption). Features come as {@code double[samples][dimensions]}. Start with {@link
 * io.hybnext.model.metrics.FrechetDistance}.
 */
package io.hybnext.model.metrics;
