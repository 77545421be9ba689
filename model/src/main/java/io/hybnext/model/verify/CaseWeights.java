package io.hybnext.model.verify;

import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fills a network's weights from the files of a case. */
final class CaseWeights {
  private CaseWeights() {}

  /**
   * Files that together hold exactly what the layout names, network and projector in one or in two;
   * a projector or a learned alignment token that the layout lacks may be left over.
   */
  static void load(ModelWeights weights, List<SafetensorsFile> files) throws IOException {
    for (SafetensorsFile file : files) {
      boolean projector = file.names().stream().anyMatch(CaseWeights::ofProjector);
      boolean network = !file.names().stream().allMatch(CaseWeights::ofProjector);
      Map<String, long[]> expected = new LinkedHashMap<>();
      for (ParameterLayout.Parameter parameter : weights.parameters()) {
        String name = parameter.name();
        if (ofProjector(name) ? projector : network) {
          expected.put(name, parameter.shape().stream().mapToLong(Integer::longValue).toArray());
        }
      }
      Set<String> ignored = new HashSet<>(Set.of("freqs_cis", "rep_embedding"));
      if (expected.keySet().stream().noneMatch(CaseWeights::ofProjector)) {
        file.names().stream().filter(CaseWeights::ofProjector).forEach(ignored::add);
      }
      WeightLoader.check(file, expected, ignored);
      for (String name : expected.keySet()) {
        weights.set(name, file.floats(name));
      }
    }
  }

  private static boolean ofProjector(String name) {
    return name.startsWith(ParameterLayout.PROJECTOR + ".") || name.equals("rep_embedding");
  }
}
