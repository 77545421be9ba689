/**
 * Chameleon's decoder, the network of ARRA and ARRA-Adapt: sizes ({@link
 * io.hybnext.model.chameleon.ChameleonConfig}), what its ids mean ({@link
 * io.hybnext.model.chameleon.ChameleonVocabulary}), and its passes ({@link
 * io.hybnext.model.chameleon.ChameleonDecoder}, kernel text {@code chameleon.ts}). Source: arra.md
 * section 4.
 */
package io.hybnext.model.chameleon;
