package io.hybnext.tests.soak;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Whether a quantity grows: the least-squares line through its samples, and how far the line can be
 * off. Neighbouring samples are alike, so the usual standard error is too small: it is worked out
 * from means over {@link #BLOCKS} equal parts of the time.
 *
 * @param first mean of the first part
 * @param last mean of the last part
 * @param slopePerH growth an hour
 * @param noisePerH three standard errors of it, and no less than one percent of the mean over the
 *     measured time
 * @param flat whether the growth is not beyond the noise
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Slope(double first, double last, double slopePerH, double noisePerH, boolean flat) {
  static final int BLOCKS = 10;
  private static final double ERRORS = 3;
  private static final double LEAST_SHARE = 0.01;
  private static final double SECONDS_PER_H = 3_600;

  /**
   * Fits the line.
   *
   * @param values at equal intervals, at least {@link #BLOCKS}
   * @param intervalS between them, seconds
   */
  static Slope of(double[] values, double intervalS) {
    if (values.length < BLOCKS) {
      throw new IllegalArgumentException(
          values.length + " samples: want at least " + BLOCKS + ", so a longer soak");
    }
    double[] means = new double[BLOCKS];
    int length = values.length / BLOCKS;
    double mean = 0;
    for (int block = 0; block < BLOCKS; block++) {
      for (int i = 0; i < length; i++) {
        means[block] += values[block * length + i] / length;
      }
      mean += means[block] / BLOCKS;
    }
    double blockH = length * intervalS / SECONDS_PER_H;
    double sumXx = 0;
    double sumXy = 0;
    for (int block = 0; block < BLOCKS; block++) {
      double x = (block - (BLOCKS - 1) / 2.0) * blockH;
      sumXx += x * x;
      sumXy += x * (means[block] - mean);
    }
    double slope = sumXy / sumXx;
    double residuals = 0;
    for (int block = 0; block < BLOCKS; block++) {
      double x = (block - (BLOCKS - 1) / 2.0) * blockH;
      double off = means[block] - mean - slope * x;
      residuals += off * off;
    }
    double error = Math.sqrt(residuals / (BLOCKS - 2) / sumXx);
    double least = LEAST_SHARE * Math.abs(mean) / (BLOCKS * blockH);
    double noise = Math.max(ERRORS * error, least);
    return new Slope(means[0], means[BLOCKS - 1], slope, noise, slope <= noise);
  }
}
