package io.hybnext.ops.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * All verdicts on a run's checkpoints: {@code verdicts.jsonl} beside them, one line each, only ever
 * appended to. A line that a crash cut short is passed over.
 */
public final class Verdicts {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path file;

  /**
   * Of a run.
   *
   * @param checkpoints folder of its checkpoints
   */
  public Verdicts(Path checkpoints) {
    file = checkpoints.resolve("verdicts.jsonl");
  }

  /** All of them, in order. */
  public List<Verdict> all() throws IOException {
    List<Verdict> all = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        try {
          all.add(JSON.readValue(line, Verdict.class));
        } catch (JsonProcessingException torn) {
          continue; // by a crash; what it told is measured again
        }
      }
    }
    return all;
  }

  /** The last verdict on each checkpoint, by step. */
  public Map<Long, Verdict> last() throws IOException {
    Map<Long, Verdict> last = new TreeMap<>();
    all().forEach(verdict -> last.put(verdict.step(), verdict));
    return last;
  }

  /** The smallest of a figure among the checkpoints that are accepted still. */
  OptionalDouble best(Function<Verdict, Double> figure) throws IOException {
    Map<Long, Verdict> last = last();
    return all().stream() // what the gate measured counts also when a person chose it afterwards
        .filter(verdict -> last.get(verdict.step()).accepted() && figure.apply(verdict) != null)
        .mapToDouble(figure::apply)
        .min();
  }

  /** Adds one; a crash cannot undo it. */
  void add(Verdict verdict) throws IOException {
    String line = JSON.writeValueAsString(verdict) + "\n";
    boolean torn = Files.exists(file) && !endsWithLine();
    Files.writeString(
        file,
        torn ? "\n" + line : line,
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    Disk.LOCAL.force(file);
  }

  private boolean endsWithLine() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return bytes.length == 0 || bytes[bytes.length - 1] == '\n';
  }
}
