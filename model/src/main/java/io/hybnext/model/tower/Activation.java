package io.hybnext.model.tower;

/** Nonlinearity between the two layers of a feed-forward network. */
public enum Activation {
  /** x times the normal distribution function of x, exactly. */
  GELU("torch.gelu(x)"),
  /** x * sigmoid(1.702 x), of OpenAI's CLIP. */
  QUICK_GELU("torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))");

  private final String text;

  Activation(String text) {
    this.text = text;
  }

  /** TorchScript of it, applied to {@code x}. */
  String text() {
    return text;
  }

  /**
   * Reads the {@code hidden_act} of a configuration of transformers.
   *
   * @throws IllegalArgumentException for any but {@code gelu} and {@code quick_gelu}
   */
  public static Activation named(String name) {
    return switch (name) {
      case "gelu" -> GELU;
      case "quick_gelu" -> QUICK_GELU;
      default ->
          throw new IllegalArgumentException(
              "hidden_act = " + name + ": want gelu (the exact one) or quick_gelu");
    };
  }
}
