package io.hybnext.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns settings back into what {@link SettingsReader} reads. */
final class SettingsWriter {
  private SettingsWriter() {}

  static Config toConfig(Record settings) {
    return ConfigFactory.empty().withFallback(ConfigValueFactory.fromMap(map(settings)));
  }

  private static Map<String, Object> map(Record settings) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      map.put(SettingsReader.key(component), plain(value(settings, component)));
    }
    return map;
  }

  private static Object value(Record settings, RecordComponent component) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException defect) {
      throw new IllegalStateException(component + " cannot be read", defect);
    }
  }

  private static Object plain(Object value) {
    if (value instanceof Record section) {
      return map(section);
    } else if (value instanceof Enum<?> word) {
      return SettingsReader.word(word);
    } else if (value instanceof Duration time) {
      return time.toMillis() + " ms";
    } else if (value instanceof Path path) {
      return path.toString();
    }
    return value;
  }
}
