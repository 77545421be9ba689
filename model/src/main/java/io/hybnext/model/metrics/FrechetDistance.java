package io.hybnext.model.metrics;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * The Frechet distance of two sets of features taken as Gaussians (FID when the features are
 * Inception's): {@code |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))}.
 *
 * <p>The root's trace is taken from the symmetric matrix {@code S1^(1/2) S2 S1^(1/2)}, which has
 * the eigenvalues of {@code S1 S2} and needs no special case when a covariance is singular, i.e.
 * with fewer samples than dimensions. Heusel et al., "GANs trained by a two time-scale update rule"
 * (2017), section 4.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /**
   * The distance.
   *
   * @param real at least 2 rows of equal length
   * @param fake at least 2 rows of the same length
   */
  public static double between(double[][] real, double[][] fake) {
    Features.checkPair(real, fake, 2);
    GaussianStatistics a = GaussianStatistics.of(real);
    GaussianStatistics b = GaussianStatistics.of(fake);
    double traces = CommonOps_DDRM.trace(a.covariance()) + CommonOps_DDRM.trace(b.covariance());
    return meanTerm(a, b) + traces - 2 * rootTrace(a, b);
  }

  /** Its part {@code |m1 - m2|^2}: the difference in the average picture. */
  public static double meanTerm(double[][] real, double[][] fake) {
    Features.checkPair(real, fake, 1);
    double distance = Features.distance(Features.mean(real), Features.mean(fake));
    return distance * distance;
  }

  private static double meanTerm(GaussianStatistics a, GaussianStatistics b) {
    double distance = Features.distance(a.mean(), b.mean());
    return distance * distance;
  }

  private static double rootTrace(GaussianStatistics a, GaussianStatistics b) {
    int d = a.dimension();
    DMatrixRMaj root = SymmetricEigen.squareRoot(a.covariance());
    DMatrixRMaj half = new DMatrixRMaj(d, d);
    DMatrixRMaj product = new DMatrixRMaj(d, d);
    CommonOps_DDRM.mult(root, b.covariance(), half);
    CommonOps_DDRM.mult(half, root, product);
    symmetrise(product);
    double trace = 0;
    for (double value : SymmetricEigen.values(product)) {
      trace += Math.sqrt(value);
    }
    return trace;
  }

  /** Rounding leaves the product slightly asymmetric, which the decomposition would refuse. */
  private static void symmetrise(DMatrixRMaj matrix) {
    for (int i = 0; i < matrix.numRows; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (matrix.get(i, j) + matrix.get(j, i)) / 2;
        matrix.set(i, j, mean);
        matrix.set(j, i, mean);
      }
    }
  }
}
