/**
 * Low-rank adapters on the matrices of any decoder: the network is frozen, and for some matrices W
 * two small ones are trained, so that W + scale B A is what computes. {@link
 * io.hybnext.model.lora.LoraConfig} says which, {@link io.hybnext.model.lora.Lora} merges. Source:
 * Hu et al., LoRA (2021).
 */
package io.hybnext.model.lora;
