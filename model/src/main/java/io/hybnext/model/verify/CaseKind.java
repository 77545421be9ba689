package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;

/** One kind of reference case: how to recognise it and how to recompute it. */
interface CaseKind {

  /** Its name in reports, e.g. {@code llamagen-c2i}. */
  String name();

  /** Whether a {@code config.json} belongs to a case of this kind. */
  boolean recognises(JsonNode config);

  /**
   * Recomputes everything that the case holds and that this kind knows, and compares.
   *
   * @throws IOException with a sentence for people when a file is damaged or missing
   * @throws IllegalArgumentException when settings or shapes are impossible
   */
  void check(TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException;
}
