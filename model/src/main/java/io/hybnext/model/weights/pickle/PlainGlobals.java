package io.hybnext.model.weights.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The containers of Python's own library that are plain data. */
final class PlainGlobals {
  private static final Map<String, PickleGlobal> KNOWN =
      Map.of(
          "collections.OrderedDict", PlainGlobals::dictionary,
          "argparse.Namespace", PlainGlobals::namespace,
          "builtins.set", PlainGlobals::set,
          "builtins.frozenset", PlainGlobals::set,
          "__builtin__.set", PlainGlobals::set,
          "__builtin__.frozenset", PlainGlobals::set);

  private PlainGlobals() {}

  /** {@code argparse.Namespace}: its fields are set by the opcode BUILD. */
  static final class Namespace extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1L;
  }

  /** What a full name stands for, or null. */
  static PickleGlobal named(String fullName) {
    return KNOWN.get(fullName);
  }

  /** Whether a value can be a key: only what is compared by value in bounded time. */
  static Object key(Object value) throws PickleException {
    if (value == null || value instanceof String || value instanceof Number) {
      return value;
    }
    if (value instanceof Boolean) {
      return value;
    }
    throw new PickleException(
        "it has a dictionary or set with a key that is neither text nor number");
  }

  private static Object dictionary(List<?> arguments) throws PickleException {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (arguments.isEmpty()) {
      return map;
    }
    for (Object pair : onlyList(arguments, "collections.OrderedDict")) {
      List<?> items = pair instanceof PickleTuple tuple ? tuple.items() : list(pair);
      if (items.size() != 2) {
        throw new PickleException("it has a collections.OrderedDict of something other than pairs");
      }
      map.put(key(items.get(0)), items.get(1));
    }
    return map;
  }

  private static Object namespace(List<?> arguments) throws PickleException {
    if (!arguments.isEmpty()) {
      throw new PickleException("it calls argparse.Namespace with arguments");
    }
    return new Namespace();
  }

  private static Object set(List<?> arguments) throws PickleException {
    Set<Object> set = new LinkedHashSet<>();
    if (!arguments.isEmpty()) {
      for (Object item : onlyList(arguments, "set")) {
        set.add(key(item));
      }
    }
    return set;
  }

  private static List<?> onlyList(List<?> arguments, String name) throws PickleException {
    if (arguments.size() != 1) {
      throw new PickleException("it calls " + name + " with " + arguments.size() + " arguments");
    }
    return list(arguments.get(0));
  }

  private static List<?> list(Object value) {
    return value instanceof ArrayList<?> list ? list : List.of();
  }
}
