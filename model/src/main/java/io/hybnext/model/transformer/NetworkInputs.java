package io.hybnext.model.transformer;

import io.hybnext.gpu.Array;
import io.hybnext.model.decoder.Noise;
import java.util.Optional;

/**
 * A batch on the device, ready for {@link Transformer}. Owned by the scope it was made in.
 *
 * @param ids image tokens fed, (B, n) int64
 * @param condition classes (B) int64 or caption features (B, T, C) fp32
 * @param drop captions only: 1 where the null features replace the caption, (B) uint8
 * @param mask captions only: (B, 1, S, S) added to attention scores; absent for causal
 * @param table rotary rows (S, D/H/2, 2) fp32
 * @param noise keys of the dropouts
 */
public record NetworkInputs(
    Array ids,
    Array condition,
    Optional<Array> drop,
    Optional<Array> mask,
    Array table,
    Noise noise) {}
