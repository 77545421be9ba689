package io.hybnext.model.weights.pickle;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads pickles of protocols 2 to 5, one after another. Values are {@code null} for None, {@code
 * Boolean}, {@code Long}, {@code BigInteger}, {@code Double}, {@code String}, {@code byte[]},
 * {@code List}, {@link PickleTuple}, {@code Set}, {@code Map} and what the host makes. A loop
 * without recursion; a container may contain itself. Used by one thread.
 */
public final class PickleReader {
  /** Most operations in one pickle: a checkpoint needs about 45 a tensor. */
  private static final int MOST_OPERATIONS = 2_000_000;

  private static final Object MARK = new Object();

  private final PickleInput in;
  private final PickleHost host;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final ArrayList<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /**
   * Prepares reading.
   *
   * @param bytes read from its position on; the position moves behind each pickle
   * @param host knows what is not plain data
   */
  public PickleReader(ByteBuffer bytes, PickleHost host) {
    this.in = new PickleInput(bytes);
    this.host = host;
  }

  /**
   * Reads one pickle.
   *
   * @throws PickleException when it is damaged, too large, or asks for a name that is not allowed
   */
  public Object read() throws PickleException {
    stack.clear();
    marks.clear();
    memo.clear();
    for (int operations = 0; operations < MOST_OPERATIONS; operations++) {
      int opcode = in.unsignedByte();
      if (opcode == '.') {
        Object result = pop();
        memo.clear();
        return result;
      }
      if (!constant(opcode) && !container(opcode) && !reference(opcode)) {
        throw new PickleException(
            String.format(
                "its pickle has the operation 0x%02x at byte %d, which protocols 2 to 5 do not write"
                    + " for plain data",
                opcode, in.position() - 1));
      }
    }
    throw new PickleException("its pickle has more than " + MOST_OPERATIONS + " operations");
  }

  private boolean constant(int opcode) throws PickleException {
    switch (opcode) {
      case 0x80 -> protocol(in.unsignedByte());
      case 0x95 -> in.length(8); // of a frame, which only groups what follows
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(Boolean.TRUE);
      case 0x89 -> stack.add(Boolean.FALSE);
      case 'K' -> stack.add((long) in.unsignedByte());
      case 'M' -> stack.add((long) in.unsignedShort());
      case 'J' -> stack.add((long) in.integer());
      case 0x8a -> stack.add(in.number(in.length(1)));
      case 0x8b -> stack.add(in.number(in.length(4)));
      case 'G' -> stack.add(in.bigEndianDouble());
      case 0x8c -> text(1, StandardCharsets.UTF_8);
      case 'X' -> text(4, StandardCharsets.UTF_8);
      case 0x8d -> text(8, StandardCharsets.UTF_8);
      case 'U' -> text(1, StandardCharsets.ISO_8859_1); // texts of Python 2
      case 'T' -> text(4, StandardCharsets.ISO_8859_1);
      case 'C' -> stack.add(in.raw(in.length(1)));
      case 'B' -> stack.add(in.raw(in.length(4)));
      case 0x8e, 0x96 -> stack.add(in.raw(in.length(8)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void text(int lengthBytes, Charset charset) throws PickleException {
    stack.add(in.text(in.length(lengthBytes), charset));
  }

  private static void protocol(int version) throws PickleException {
    if (version < 2 || version > 5) {
      throw new PickleException("its pickle has protocol " + version + ", want 2 to 5");
    }
  }

  private boolean container(int opcode) throws PickleException {
    switch (opcode) {
      case '(' -> mark();
      case '}' -> stack.add(new LinkedHashMap<Object, Object>());
      case ']' -> stack.add(new ArrayList<Object>());
      case ')' -> stack.add(new PickleTuple(List.of()));
      case 0x8f -> stack.add(new LinkedHashSet<Object>());
      case 't' -> stack.add(new PickleTuple(popToMark()));
      case 0x85 -> stack.add(new PickleTuple(popLast(1)));
      case 0x86 -> stack.add(new PickleTuple(popLast(2)));
      case 0x87 -> stack.add(new PickleTuple(popLast(3)));
      case 0x91 -> addAll(new LinkedHashSet<>(), popToMark());
      case 'a' -> append(popLast(1));
      case 'e' -> append(popToMark());
      case 's' -> setItems(popLast(2));
      case 'u' -> setItems(popToMark());
      case 0x90 -> {
        List<Object> items = popToMark();
        addAll(top(Set.class), items);
      }
      case '0' -> drop();
      case '1' -> popToMark();
      case '2' -> stack.add(top(Object.class));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void mark() {
    marks.add(stack.size());
    stack.add(MARK);
  }

  private void drop() throws PickleException {
    if (!stack.isEmpty() && stack.get(stack.size() - 1) == MARK) {
      popToMark();
    } else {
      pop();
    }
  }

  private void append(List<Object> items) throws PickleException {
    @SuppressWarnings("unchecked") // lists on the stack are made here
    List<Object> list = top(ArrayList.class);
    list.addAll(items);
  }

  private void addAll(Set<?> made, List<Object> items) throws PickleException {
    @SuppressWarnings("unchecked") // sets on the stack are made here
    Set<Object> set = (Set<Object>) made;
    for (Object item : items) {
      set.add(PlainGlobals.key(item));
    }
    if (stack.isEmpty() || stack.get(stack.size() - 1) != made) {
      stack.add(made);
    }
  }

  private void setItems(List<Object> items) throws PickleException {
    @SuppressWarnings("unchecked") // dictionaries on the stack are made here
    Map<Object, Object> map = top(LinkedHashMap.class);
    if (items.size() % 2 != 0) {
      throw new PickleException("its pickle has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      map.put(PlainGlobals.key(items.get(i)), items.get(i + 1));
    }
  }

  private boolean reference(int opcode) throws PickleException {
    switch (opcode) {
      case 'q' -> memo.put(in.unsignedByte(), top(Object.class));
      case 'r' -> memo.put(in.integer(), top(Object.class));
      case 0x94 -> memo.put(memo.size(), top(Object.class));
      case 'h' -> stack.add(remembered(in.unsignedByte()));
      case 'j' -> stack.add(remembered(in.integer()));
      case 'c' -> stack.add(global(in.line(), in.line()));
      case 0x93 -> {
        List<Object> names = popLast(2);
        stack.add(global(name(names.get(0)), name(names.get(1))));
      }
      case 'Q' -> stack.add(host.persistent(pop()));
      case 'R', 0x81 -> call();
      case 'b' -> build();
      default -> {
        return false;
      }
    }
    return true;
  }

  private Object remembered(int number) throws PickleException {
    Object value = memo.get(number);
    if (value == null && !memo.containsKey(number)) {
      throw new PickleException(
          "its pickle refers to part " + number + ", which it has not stored");
    }
    return value;
  }

  private static String name(Object value) throws PickleException {
    if (value instanceof String name) {
      return name;
    }
    throw new PickleException("its pickle has a name that is no text");
  }

  private PickleGlobal global(String module, String name) throws PickleException {
    String full = module + "." + name;
    PickleGlobal plain = PlainGlobals.named(full);
    if (plain != null) {
      return plain;
    }
    return host.global(module, name).orElseThrow(() -> refused(full));
  }

  private static PickleException refused(String name) {
    String line = name.replaceAll("[^\\x20-\\x7e]", "?");
    String shown = line.length() > 120 ? line.substring(0, 120) + "..." : line;
    return new PickleException(
        "it asks for the Python object "
            + shown
            + ", and only tensors and plain containers are read, because a pickle can run any"
            + " program: save the state dict alone, or as safetensors");
  }

  private void call() throws PickleException {
    List<Object> both = popLast(2);
    if (!(both.get(0) instanceof PickleGlobal callee)) {
      throw new PickleException("its pickle calls something that is no function");
    }
    if (!(both.get(1) instanceof PickleTuple arguments)) {
      throw new PickleException("its pickle calls a function without a tuple of arguments");
    }
    stack.add(callee.call(arguments.items()));
  }

  /** Sets attributes: kept for a namespace, dropped for a dictionary ({@code _metadata}). */
  private void build() throws PickleException {
    Object state = pop();
    Object target = top(Object.class);
    if (!(target instanceof Map<?, ?>)) {
      throw new PickleException("its pickle sets attributes of something that is no dictionary");
    }
    if (target instanceof PlainGlobals.Namespace namespace && state instanceof Map<?, ?> fields) {
      namespace.putAll(fields);
    }
  }

  private Object pop() throws PickleException {
    return popLast(1).get(0);
  }

  /** Takes the last values off the stack; a mark is not one of them. */
  private List<Object> popLast(int count) throws PickleException {
    int from = stack.size() - count;
    if (from < (marks.isEmpty() ? 0 : marks.get(marks.size() - 1) + 1)) {
      throw new PickleException("its pickle takes more values than it has stored");
    }
    return take(from, from);
  }

  private List<Object> popToMark() throws PickleException {
    if (marks.isEmpty()) {
      throw new PickleException("its pickle ends a group that it has not begun");
    }
    int mark = marks.remove(marks.size() - 1);
    return take(mark + 1, mark);
  }

  private List<Object> take(int from, int keep) {
    List<Object> taken = new ArrayList<>(stack.subList(from, stack.size()));
    stack.subList(keep, stack.size()).clear();
    return taken;
  }

  private <T> T top(Class<T> wanted) throws PickleException {
    Object top = stack.isEmpty() ? MARK : stack.get(stack.size() - 1);
    if (top == MARK || (wanted != Object.class && !wanted.isInstance(top))) {
      throw new PickleException("its pickle adds to something that cannot take it");
    }
    return wanted.cast(top);
  }
}
