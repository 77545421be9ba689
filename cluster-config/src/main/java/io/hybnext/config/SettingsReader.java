package io.hybnext.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Fills records from settings: component {@code globalBatch} of section {@code training} is key
 * {@code training.global-batch}; a component whose name ends in {@code Bytes} takes a length with a
 * unit and loses that ending.
 */
final class SettingsReader {
  private final Config config;
  private final Path base;

  SettingsReader(Config config, Path base) {
    this.config = config;
    this.base = base;
  }

  <T extends Record> T read(Class<T> type) {
    return record(type, "");
  }

  /** The key of a record's component. */
  static String key(RecordComponent component) {
    String name = component.getName();
    if (isLength(component)) {
      name = name.substring(0, name.length() - "Bytes".length());
    }
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  static boolean isLength(RecordComponent component) {
    return component.getName().endsWith("Bytes") && component.getType() == long.class;
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Makes later messages name the file. */
  static ConfigParseOptions named(Path file) {
    return ConfigParseOptions.defaults().setOriginDescription(file.toString());
  }

  /** One value as typed on a command line: a number, a word, or a list in brackets. */
  static Config override(String key, String value) {
    boolean structured = value.startsWith("[") || value.startsWith("\"");
    if (structured) {
      return ConfigFactory.parseString(
          key + " = " + value, ConfigParseOptions.defaults().setOriginDescription("command line"));
    }
    return ConfigFactory.empty()
        .withValue(key, ConfigValueFactory.fromAnyRef(value, "command line"));
  }

  /** {@code " (FILE: LINE)"}, or nothing for a default. */
  static String where(ConfigValue value) {
    ConfigOrigin origin = value.origin();
    String description = origin.description();
    return description.contains("reference.conf") ? "" : " (" + description + ")";
  }

  private <T> T record(Class<T> type, String path) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = path.isEmpty() ? key(components[i]) : path + "." + key(components[i]);
      values[i] = value(components[i], key);
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof SettingsException wrong) {
        throw located(wrong);
      }
      throw new IllegalStateException(type + " cannot be made", refused.getCause());
    } catch (ReflectiveOperationException defect) {
      throw new IllegalStateException(type + " cannot be made", defect);
    }
  }

  /** Adds the file and line to a refusal. */
  private SettingsException located(SettingsException wrong) {
    String where = config.hasPath(wrong.key()) ? where(config.getValue(wrong.key())) : "";
    String message = wrong.getMessage();
    if (where.isEmpty() || message.contains(where)) {
      return wrong;
    }
    int colon = message.indexOf(": want ");
    return new SettingsException(
        wrong.key(), message.substring(0, colon) + where + message.substring(colon));
  }

  private Object value(RecordComponent component, String key) {
    Class<?> type = component.getType();
    if (type.isRecord()) {
      if (given(key).valueType() != ConfigValueType.OBJECT) {
        throw refused(key, "a section with keys");
      }
      return record(type, key);
    }
    if (type.isEnum()) {
      return word(type, key);
    }
    try {
      return plain(component, key);
    } catch (ConfigException | InvalidPathException wrong) {
      throw refused(key, wanted(component));
    }
  }

  private Object plain(RecordComponent component, String key) {
    Class<?> type = component.getType();
    if (isLength(component)) {
      return config.getBytes(key);
    } else if (type == int.class) {
      return config.getInt(key);
    } else if (type == long.class) {
      return config.getLong(key);
    } else if (type == double.class) {
      return finite(key);
    } else if (type == boolean.class) {
      return config.getBoolean(key);
    } else if (type == Duration.class) {
      return config.getDuration(key);
    } else if (type == Path.class) {
      return base.resolve(config.getString(key)).normalize();
    } else if (component.getGenericType() instanceof ParameterizedType && type == List.class) {
      return config.getStringList(key);
    }
    return config.getString(key);
  }

  private double finite(String key) {
    double value = config.getDouble(key);
    if (!Double.isFinite(value)) {
      throw refused(key, "a number");
    }
    return value;
  }

  private Object word(Class<?> type, String key) {
    Object given = given(key).unwrapped();
    for (Object constant : type.getEnumConstants()) {
      if (word((Enum<?>) constant).equals(given)) {
        return constant;
      }
    }
    String words =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> word((Enum<?>) constant))
            .collect(Collectors.joining(", "));
    throw refused(key, "one of " + words);
  }

  private static String wanted(RecordComponent component) {
    Class<?> type = component.getType();
    if (isLength(component)) {
      return "a length with its unit, e.g. 8 MiB";
    } else if (type == int.class || type == long.class) {
      return "a whole number";
    } else if (type == double.class) {
      return "a number";
    } else if (type == boolean.class) {
      return "true or false";
    } else if (type == Duration.class) {
      return "a time with its unit, e.g. 30 s";
    } else if (type == Path.class) {
      return "a path";
    }
    return type == List.class ? "a list, e.g. [a, b]" : "a text";
  }

  /** What is set, even when it is null. */
  private ConfigValue given(String key) {
    ConfigValue value = config.root();
    for (String part : ConfigUtil.splitPath(key)) {
      value = ((ConfigObject) value).get(part);
    }
    return value;
  }

  private SettingsException refused(String key, String rule) {
    ConfigValue value = given(key);
    return new SettingsException(
        key, key + " = " + value.unwrapped() + where(value) + ": want " + rule);
  }
}
