package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import java.util.List;

/**
 * The loss of a batch, alignment left out.
 *
 * @param total what is differentiated, fp32, no dimension; with its graph while recording is on
 * @param nll mean next-token loss, nats a token
 * @param zLoss mean squared logarithm of the softmax's sum, before its weight; 0 when it is off
 */
public record HeadLoss(Array total, double nll, double zLoss) {

  /** What the kernel method {@code terms} returns: total, next-token loss, z-loss. */
  public static HeadLoss of(List<Array> terms) {
    try (Array nll = terms.get(1);
        Array zLoss = terms.get(2)) {
      return new HeadLoss(terms.get(0), nll.item(), zLoss.item());
    }
  }
}
