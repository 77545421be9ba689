package io.hybnext.model.tokenizer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatWeights;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state of one tokenizer: the flat fp32 array of all convolutions and norms, in the order of a
 * {@link FlatLayout}, and the codebook (K, D). Owned by the scope it was made in.
 *
 * @param flat (layout length)
 * @param codebook (K, D), not necessarily of unit length
 */
public record VqWeights(Array flat, Array codebook) {
  /** Key of the codebook. */
  public static final String CODEBOOK = "quantize.embedding.weight";

  /** Key of LlamaGen's record of the last 65,536 indices; not needed to use the tokenizer. */
  public static final String CODEBOOK_USED = "quantize.codebook_used";

  /** Length of that record, whatever the codebook's. */
  public static final long CODEBOOK_USED_LENGTH = 65_536;

  /** Shapes of all tensors of a checkpoint by the family's key names. */
  public static Map<String, long[]> shapes(VqConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    new VqGraph(config).layout().parameters().forEach(p -> shapes.put(p.name(), p.dimensions()));
    shapes.put(CODEBOOK, new long[] {config.codebookSize(), config.codebookEmbedDim()});
    return shapes;
  }

  /**
   * Reads a file with the family's key names; element types are converted to fp32.
   *
   * @throws io.hybnext.model.weights.CheckpointException naming what is missing, extra or of
   *     another shape
   */
  public static VqWeights load(Scope owner, VqNetwork network, Checkpoint file) throws IOException {
    VqConfig config = network.config();
    long[] codebook = {config.codebookSize(), config.codebookEmbedDim()};
    Array flat =
        FlatWeights.load(
            owner, network.layout(), file, Map.of(CODEBOOK, codebook), Set.of(CODEBOOK_USED));
    return new VqWeights(flat, WeightLoader.load(owner, file, CODEBOOK, ElementType.FLOAT32));
  }

  /**
   * Adds every tensor to a file under the family's key names: fp16 but for the codebook, whose
   * rounding would move the borders between codes. The reconstructions stay the same to 0.01 dB.
   */
  public void save(FlatLayout layout, SafetensorsWriter writer) {
    FlatWeights.save(flat, layout, writer::halves);
    writer.floats(CODEBOOK, codebook.toFloats(), codebook.shape());
  }
}
