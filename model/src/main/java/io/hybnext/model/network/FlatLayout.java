package io.hybnext.model.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each named parameter of a network lies in the network's one flat fp32 array. Filled by the
 * class that writes the kernel text, so that text and layout cannot disagree.
 */
public final class FlatLayout {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private int length;

  /**
   * One parameter.
   *
   * @param name key in the checkpoint
   * @param shape lengths of its dimensions
   * @param offset first element in the flat array
   */
  public record Parameter(String name, List<Long> shape, int offset) {
    /** Number of elements. */
    public int length() {
      return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }

    /** The lengths as an array. */
    public long[] dimensions() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /**
   * Appends a parameter.
   *
   * @return its number
   * @throws IllegalStateException when the name is taken
   * @throws IllegalArgumentException when all would be more than an array can hold
   */
  public int add(String name, long... shape) {
    List<Long> lengths = new ArrayList<>();
    for (long n : shape) {
      lengths.add(n);
    }
    Parameter parameter = new Parameter(name, List.copyOf(lengths), length);
    if (parameters.putIfAbsent(name, parameter) != null) {
      throw new IllegalStateException("parameter " + name + " twice");
    }
    length = SizeLimits.flatLength(name, length, lengths);
    return parameters.size() - 1;
  }

  /**
   * Appends {@code name.weight} (out, in, side, side) and {@code name.bias} (out).
   *
   * @return number of the weight; the bias is the next one
   */
  public int convolution(String name, int in, int out, int side) {
    int weight = add(name + ".weight", out, in, side, side);
    add(name + ".bias", out);
    return weight;
  }

  /**
   * Appends {@code name.weight} (out, in) and {@code name.bias} (out).
   *
   * @return number of the weight; the bias is the next one
   */
  public int linear(String name, int in, int out) {
    int weight = add(name + ".weight", out, in);
    add(name + ".bias", out);
    return weight;
  }

  /**
   * Appends {@code name.weight} and {@code name.bias} of a normalisation, (channels) each.
   *
   * @return number of the weight; the bias is the next one
   */
  public int norm(String name, int channels) {
    int weight = add(name + ".weight", channels);
    add(name + ".bias", channels);
    return weight;
  }

  /** All parameters in the order of the flat array. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /**
   * One parameter by name.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public Parameter get(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return parameter;
  }

  /** Elements of the flat array. */
  public int length() {
    return length;
  }

  /** Lengths of all parameters in order, as a TorchScript list. */
  public String sizes() {
    return parameters.values().stream().map(Parameter::length).toList().toString();
  }
}
