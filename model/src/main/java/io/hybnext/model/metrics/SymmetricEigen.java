package io.hybnext.model.metrics;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** Eigenvalues and square root of symmetric matrices without negative eigenvalues. */
final class SymmetricEigen {
  private SymmetricEigen() {}

  /** Eigenvalues in no order; those below zero by rounding are set to zero. */
  static double[] values(DMatrixRMaj symmetric) {
    return values(decompose(symmetric, false));
  }

  private static double[] values(EigenDecomposition_F64<DMatrixRMaj> eigen) {
    double[] values = new double[eigen.getNumberOfEigenvalues()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, eigen.getEigenvalue(i).getReal());
    }
    return values;
  }

  /** The symmetric S with S S = the argument. */
  static DMatrixRMaj squareRoot(DMatrixRMaj symmetric) {
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(symmetric, true);
    double[] values = values(eigen);
    int d = values.length;
    DMatrixRMaj scaled = new DMatrixRMaj(d, d); // columns: eigenvector * value^(1/4)
    for (int i = 0; i < d; i++) {
      DMatrixRMaj vector = eigen.getEigenVector(i);
      double factor = Math.sqrt(Math.sqrt(values[i]));
      for (int row = 0; row < d; row++) {
        scaled.set(row, i, vector == null ? 0 : vector.get(row) * factor);
      }
    }
    DMatrixRMaj root = new DMatrixRMaj(d, d);
    CommonOps_DDRM.multOuter(scaled, root);
    return root;
  }

  private static EigenDecomposition_F64<DMatrixRMaj> decompose(
      DMatrixRMaj symmetric, boolean vectors) {
    EigenDecomposition_F64<DMatrixRMaj> eigen =
        DecompositionFactory_DDRM.eig(symmetric.numRows, vectors, true);
    if (!eigen.decompose(symmetric.copy())) {
      throw new ArithmeticException("the eigenvalues of a covariance did not converge");
    }
    return eigen;
  }
}
