package io.hybnext.model.tokenizer.training;

import java.util.Map;

/** One step of a tokenizer's training. */
public interface TokenizerStep {

  /** Number of steps made. */
  long step();

  /** What to show of it: losses, errors and rates by name. */
  Map<String, Object> figures();
}
