package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.GpuException;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Recomputes reference cases and compares. Tolerances are those of the reference data's README in
 * fp32, and 2e-2 in bf16. Used by one thread at a time.
 */
public final class Verifier {
  private static final List<CaseKind> KINDS =
      List.of(
          LlamaGenCase.classConditional(),
          LlamaGenCase.captionConditional(),
          new VqCase(),
          new ChameleonVqCase(),
          new ArraCase(),
          new ChameleonCase(),
          VitCase.biomedClip(),
          VitCase.clip(),
          new BertCase(),
          new SamCase(),
          new KelixTokCase(),
          new MetricsCase(),
          new QwenCase(),
          new NbpCase());

  private final TorchEngine engine;
  private final Precision precision;

  /** Verifies on the engine's device in this precision. */
  public Verifier(TorchEngine engine, Precision precision) {
    this.engine = engine;
    this.precision = precision;
  }

  /** Names of the kinds that can be checked. */
  public static List<String> kinds() {
    return KINDS.stream().map(CaseKind::name).toList();
  }

  /** Checks one folder. Never throws for what is wrong with the folder: the report says it. */
  public CaseReport verify(Path folder) {
    try (ReferenceCase reference = ReferenceCase.open(folder)) {
      return verify(folder, reference);
    } catch (IOException e) {
      return new CaseReport(folder, "unknown", List.of(), List.of(), Optional.of(e.getMessage()));
    }
  }

  private CaseReport verify(Path folder, ReferenceCase reference) {
    Optional<CaseKind> kind = kindOf(reference.config());
    if (kind.isEmpty()) {
      String known = kinds().stream().collect(Collectors.joining(", "));
      return new CaseReport(
          folder,
          "unknown",
          List.of(),
          List.of(),
          Optional.of("its config.json is of no known kind: want one of " + known));
    }
    Comparison compare = new Comparison(reference, precision);
    Optional<String> failure = Optional.empty();
    try {
      kind.get().check(engine, precision, reference, compare);
    } catch (IOException | IllegalArgumentException | GpuException e) {
      failure = Optional.of(e.getMessage());
    }
    return new CaseReport(
        folder, kind.get().name(), compare.results(), reference.unused(), failure);
  }

  private static Optional<CaseKind> kindOf(JsonNode config) {
    return KINDS.stream().filter(kind -> kind.recognises(config)).findFirst();
  }
}
