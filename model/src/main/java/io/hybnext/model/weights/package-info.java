/**
 * Weights in files: the safetensors format, read through memory maps after every figure of the
 * header was checked, written under a temporary name and renamed when complete. Start with {@link
 * io.hybnext.model.weights.SafetensorsFile}.
 */
package io.hybnext.model.weights;
