package io.hybnext.model.decoder;

/**
 * How the elements of a parameter start.
 *
 * @param mean their mean
 * @param deviation their standard deviation around it, drawn from a normal distribution; 0 for a
 *     constant
 */
public record InitialValue(float mean, double deviation) {

  /** Every element the same. */
  public static InitialValue constant(float value) {
    return new InitialValue(value, 0);
  }

  /** Normal around 0. */
  public static InitialValue normal(double deviation) {
    return new InitialValue(0, deviation);
  }
}
