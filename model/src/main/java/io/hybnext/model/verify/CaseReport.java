package io.hybnext.model.verify;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What came of one case.
 *
 * @param folder the case
 * @param kind its kind, {@code unknown} when not recognised
 * @param results one for each tensor compared
 * @param notChecked tensors of the case that no rule covers, as file and key
 * @param failure why the case could not be computed to its end; empty when it was
 */
public record CaseReport(
    Path folder,
    String kind,
    List<TensorResult> results,
    List<String> notChecked,
    Optional<String> failure) {

  /** Copies the lists. */
  public CaseReport {
    results = List.copyOf(results);
    notChecked = List.copyOf(notChecked);
  }

  /** Whether the case was computed to its end, something was compared and all is in tolerance. */
  public boolean passed() {
    return failure.isEmpty()
        && !results.isEmpty()
        && results.stream().allMatch(TensorResult::passed);
  }

  /** The tensors beyond tolerance. */
  public List<TensorResult> failed() {
    return results.stream().filter(result -> !result.passed()).toList();
  }

  /** One line for people. */
  public String summary() {
    return String.format(
        "%s  %s (%s): %d of %d tensors within tolerance%s%s",
        passed() ? "PASS" : "FAIL",
        folder,
        kind,
        results.size() - failed().size(),
        results.size(),
        notChecked.isEmpty() ? "" : ", " + notChecked.size() + " not checked",
        failure.map(reason -> "; " + reason).orElse(""));
  }
}
