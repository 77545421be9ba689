package io.hybnext.model.network;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Numbers of a network's configuration in JSON. A key that is absent or null counts as not given.
 *
 * @param section stands before the keys in messages, such as {@code transformer}; may be empty
 * @param json an object; anything else is read as an object without keys
 */
public record JsonNumbers(String section, JsonNode json) {

  /**
   * A whole number that must be given.
   *
   * @throws IllegalArgumentException when it is not, or is no whole number, or none of 32 bits
   */
  public int integer(String key) {
    if (!json.hasNonNull(key)) {
      throw new IllegalArgumentException(name(key) + " is missing: want a whole number");
    }
    return integer(key, 0);
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException when it is given and no whole number, or none of 32 bits
   */
  public int integer(String key, int otherwise) {
    if (!json.hasNonNull(key)) {
      return otherwise;
    }
    JsonNode value = json.get(key);
    check(value.isIntegralNumber() && value.canConvertToInt(), key, "a whole number of 32 bits");
    return value.intValue();
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException when it is given and no number
   */
  public double number(String key, double otherwise) {
    if (!json.hasNonNull(key)) {
      return otherwise;
    }
    check(json.get(key).isNumber(), key, "a number");
    return json.get(key).doubleValue();
  }

  private void check(boolean ok, String key, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(name(key) + " = " + json.get(key) + ": want " + rule);
    }
  }

  private String name(String key) {
    return section.isEmpty() ? key : section + "." + key;
  }
}
