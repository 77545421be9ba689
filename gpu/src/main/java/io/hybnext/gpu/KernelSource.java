package io.hybnext.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text of a kernel module: TorchScript methods, one after the other, as a resource beside the class
 * that uses them, with {@code ${name}} where a constant of the configuration goes.
 *
 * @param name the resource, for messages
 * @param methods text of the methods, indented by two spaces, constants not yet filled in
 * @param constants by name
 */
public record KernelSource(String name, String methods, Map<String, String> constants) {
  private static final Pattern PLACE = Pattern.compile("\\$\\{([A-Za-z0-9_]+)}");

  /** Copies the constants. */
  public KernelSource {
    constants = Map.copyOf(constants);
  }

  /**
   * Reads a resource that lies beside a class.
   *
   * @throws GpuException when it is missing
   */
  public static KernelSource resource(Class<?> beside, String fileName) {
    try (InputStream in = beside.getResourceAsStream(fileName)) {
      if (in == null) {
        throw new GpuException("kernel text " + fileName + " is not beside " + beside.getName());
      }
      return new KernelSource(
          fileName, new String(in.readAllBytes(), StandardCharsets.UTF_8), Map.of());
    } catch (IOException e) {
      throw new GpuException("kernel text " + fileName + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Fills in one constant: an integer, a floating number, a boolean, or a list {@code [1, 2]}. */
  public KernelSource with(String constant, Object value) {
    Map<String, String> more = new LinkedHashMap<>(constants);
    more.put(constant, literal(value));
    return new KernelSource(name, methods, more);
  }

  /**
   * This text with another's methods after it, which may call this one's as {@code
   * (self).method(...)}. Constants of both apply; where both have one, the other's.
   */
  public KernelSource followedBy(KernelSource other) {
    Map<String, String> both = new LinkedHashMap<>(constants);
    both.putAll(other.constants);
    return new KernelSource(name + " + " + other.name, methods + "\n" + other.methods, both);
  }

  private static String literal(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    if (value instanceof Float || value instanceof Double) {
      return new java.math.BigDecimal(value.toString()).toPlainString().contains(".")
          ? new java.math.BigDecimal(value.toString()).toPlainString()
          : value.toString();
    }
    return value.toString();
  }

  /** The class that libtorch compiles. */
  String moduleText() {
    return "class Kernels(Module):\n"
        + "  __parameters__ = []\n"
        + "  __buffers__ = []\n"
        + "  training : bool\n"
        + "  def forward(self: __torch__.Kernels, x: Tensor) -> Tensor:\n"
        + "    return x\n"
        + filled();
  }

  private String filled() {
    StringBuilder text = new StringBuilder();
    Matcher place = PLACE.matcher(methods);
    while (place.find()) {
      String value = constants.get(place.group(1));
      if (value == null) {
        throw new GpuException("kernel text " + name + ": no value for ${" + place.group(1) + "}");
      }
      place.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return place.appendTail(text).toString();
  }
}
