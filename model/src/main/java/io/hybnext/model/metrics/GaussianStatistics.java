package io.hybnext.model.metrics;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.mult.MatrixMultProduct_DDRM;

/**
 * Mean and covariance of a set of features: all that the Frechet distance needs of it.
 *
 * @param count number of samples
 * @param mean D numbers; not to be changed
 * @param covariance D x D, divided by count - 1
 */
record GaussianStatistics(int count, double[] mean, DMatrixRMaj covariance) {

  /**
   * Statistics of a set.
   *
   * @param features at least 2 rows of equal length
   */
  static GaussianStatistics of(double[][] features) {
    int n = Features.check(features, 2);
    int d = features[0].length;
    double[] mean = Features.mean(features);
    DMatrixRMaj centred = new DMatrixRMaj(n, d);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        centred.data[i * d + j] = features[i][j] - mean[j];
      }
    }
    DMatrixRMaj covariance = new DMatrixRMaj(d, d);
    MatrixMultProduct_DDRM.inner_reorder_upper(centred, covariance);
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        double value = covariance.get(i, j) / (n - 1);
        covariance.set(i, j, value);
        covariance.set(j, i, value);
      }
    }
    return new GaussianStatistics(n, mean, covariance);
  }

  int dimension() {
    return mean.length;
  }
}
