package io.hybnext.model.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each named parameter of a network lies in the network's one flat fp32 array. Built once by
 * the class that writes the kernel text, so that text and layout cannot disagree.
 */
public final class ParameterLayout {
  private final List<Parameter> parameters = new ArrayList<>();
  private final Map<String, Integer> indexByName = new LinkedHashMap<>();
  private int length;

  /** Starts without parameters. */
  public ParameterLayout() {}

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
      return (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** The lengths as an array. */
    public long[] dimensions() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /** Appends a parameter and returns its number. */
  public int add(String name, long... shape) {
    List<Long> lengths = new ArrayList<>();
    for (long n : shape) {
      lengths.add(n);
    }
    Parameter parameter = new Parameter(name, List.copyOf(lengths), length);
    if (indexByName.putIfAbsent(name, parameters.size()) != null) {
      throw new IllegalStateException("parameter " + name + " twice");
    }
    parameters.add(parameter);
    length += parameter.length();
    return parameters.size() - 1;
  }

  /** All parameters in the order of the flat array. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /**
   * One parameter by name.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public Parameter get(String name) {
    Integer index = indexByName.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return parameters.get(index);
  }

  /** Elements of the flat array. */
  public int length() {
    return length;
  }

  /** Lengths of all parameters in order, as a TorchScript list. */
  public String sizes() {
    return parameters.stream().map(Parameter::length).toList().toString();
  }
}
