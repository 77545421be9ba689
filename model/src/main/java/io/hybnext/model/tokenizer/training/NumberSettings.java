package io.hybnext.model.tokenizer.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Records of numbers as JSON objects: keys are the components' names in snake case, all of them.
 */
final class NumberSettings {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private NumberSettings() {}

  /**
   * Reads a JSON object.
   *
   * @throws IllegalArgumentException when a key is unknown or missing or a value impossible
   */
  static <T extends Record> T read(JsonNode json, Class<T> type) {
    Set<String> known = new TreeSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      known.add(component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
    }
    json.fieldNames()
        .forEachRemaining(
            key -> check(known.contains(key), key, json.get(key), "one of the keys " + known));
    known.forEach(key -> check(json.path(key).isNumber(), key, json.get(key), "a number"));
    try {
      return JSON.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      boolean rule = e.getCause() instanceof IllegalArgumentException;
      throw new IllegalArgumentException(
          rule ? e.getCause().getMessage() : e.getOriginalMessage(), e);
    }
  }

  static JsonNode write(Record settings) {
    return JSON.valueToTree(settings);
  }

  static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(key + " = " + value + ": want " + rule);
    }
  }
}
