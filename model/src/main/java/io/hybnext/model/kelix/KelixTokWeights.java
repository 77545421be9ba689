package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatWeights;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state of one Kelix-Tok. Of the repository's N copies of the table of centres only the rows
 * that each quantiser reads are held. Owned by the scope it was made in.
 *
 * @param flat every trained parameter, fp32
 * @param table frozen centres (N, K, init), fp32
 */
public record KelixTokWeights(Array flat, Array table) {
  /** Stored by the repository, never used. */
  public static final String UNUSED = "visual.embeddings.packing_position_embedding.weight";

  /** Shapes of all tensors of a checkpoint of the repository. */
  public static Map<String, long[]> shapes(KelixTokConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    KelixTokLayout.of(config)
        .parameters()
        .parameters()
        .forEach(p -> shapes.put(p.name(), p.dimensions()));
    for (int i = 0; i < config.codes(); i++) {
      shapes.put(table(i), new long[] {config.codebookSize(), config.initWidth()});
    }
    return shapes;
  }

  private static String table(int quantiser) {
    return "quantizer." + quantiser + ".embedding.weight";
  }

  /**
   * Reads a file with the repository's key names.
   *
   * @throws io.hybnext.model.weights.SafetensorsException naming what is missing, extra or of
   *     another shape
   */
  public static KelixTokWeights load(Scope owner, KelixTokNetwork network, SafetensorsFile file)
      throws IOException {
    KelixTokConfig config = network.config();
    Map<String, long[]> tables = new LinkedHashMap<>();
    for (int i = 0; i < config.codes(); i++) {
      tables.put(table(i), new long[] {config.codebookSize(), config.initWidth()});
    }
    Array flat = FlatWeights.load(owner, network.layout(), file, tables, Set.of(UNUSED));
    int part = config.entries() * config.initWidth();
    float[] rows = new float[config.codes() * part];
    for (int i = 0; i < config.codes(); i++) {
      System.arraycopy(file.floats(table(i)), i * part, rows, i * part, part);
    }
    return new KelixTokWeights(
        flat, owner.floats(rows, config.codes(), config.entries(), config.initWidth()));
  }

  /** Adds every tensor to a file under the repository's key names, fp32. */
  public void save(KelixTokNetwork network, SafetensorsWriter writer) {
    KelixTokConfig config = network.config();
    FlatWeights.save(flat, network.layout(), writer::floats);
    float[] all = table.toFloats();
    for (int i = 0; i < config.codes(); i++) {
      writer.floats(table(i), all, config.codebookSize(), config.initWidth());
    }
  }
}
