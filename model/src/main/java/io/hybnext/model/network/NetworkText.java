package io.hybnext.model.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes the kernel methods of a network, statement by statement, and with them the layout of its
 * parameters, so that text and layout cannot disagree. All methods take the network's one flat
 * array as their last argument, {@code flat}, which is split into the list {@code w}; what flows
 * from layer to layer is {@code h}.
 *
 * <p>The methods that the text calls ({@code (self).name(...)}) come from elsewhere: a resource
 * that the text is appended to.
 */
public final class NetworkText {
  private final FlatLayout layout = new FlatLayout();
  private final List<Method> methods = new ArrayList<>();

  private record Method(String signature, StringBuilder body) {}

  /** Starts a network without methods and parameters. */
  public NetworkText() {}

  /**
   * Begins a method; what is written from now on is its body, which ends with a return statement.
   *
   * @param input name of the argument before {@code flat}, a Tensor
   * @param result its type, e.g. {@code Tensor}
   */
  public void begin(String method, String input, String result) {
    String arguments = "(self: __torch__.Kernels, " + input + ": Tensor, flat: Tensor)";
    methods.add(new Method(method + arguments + " -> " + result, new StringBuilder()));
  }

  /** Writes one statement into the method begun last. */
  public void line(String statement) {
    StringBuilder body = methods.get(methods.size() - 1).body();
    body.append("    ").append(statement).append('\n');
  }

  /** Writes {@code h = (self).method(h, arguments)}. */
  public void apply(String method, String arguments) {
    line("h = (self)." + method + "(h, " + arguments + ")");
  }

  /** Adds a convolution's parameters; returns {@code w[i], w[i + 1]}, weight and bias. */
  public String convolution(String name, int in, int out, int side) {
    return weightAndBias(layout.convolution(name, in, out, side));
  }

  /** Adds a linear layer's parameters; returns {@code w[i], w[i + 1]}, weight and bias. */
  public String linear(String name, int in, int out) {
    return weightAndBias(layout.linear(name, in, out));
  }

  /** Adds a normalisation's parameters; returns {@code w[i], w[i + 1]}, weight and bias. */
  public String norm(String name, int channels) {
    return weightAndBias(layout.norm(name, channels));
  }

  private static String weightAndBias(int weight) {
    return "w[" + weight + "], w[" + (weight + 1) + "]";
  }

  /** The parameters so far. */
  public FlatLayout layout() {
    return layout;
  }

  /** All methods; to be asked for when the last parameter is there. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Method method : methods) {
      text.append("  def ").append(method.signature()).append(":\n");
      text.append("    w = torch.split_with_sizes(flat, ").append(layout.sizes()).append(")\n");
      text.append(method.body());
    }
    return text.toString();
  }
}
