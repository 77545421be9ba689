/**
 * The ARRA objective: global visual alignment (GVA) of hidden states with one feature of the target
 * image, through a small projector. {@link io.hybnext.model.arra.ArraConfig} says what is aligned,
 * {@link io.hybnext.model.arra.Alignment} computes it. Source: arXiv 2503.07334; the official code
 * where it and the paper differ is named in the comments.
 */
package io.hybnext.model.arra;
