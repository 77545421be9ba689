package io.hybnext.model.tokenizer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.model.network.FlatLayout;
import io.hybnext.model.network.FlatLayout.Parameter;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.util.Arrays;
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

  /**
   * Reads a file with LlamaGen's key names; element types are converted to fp32.
   *
   * @throws io.hybnext.model.weights.SafetensorsException naming what is missing, extra or of
   *     another shape
   */
  public static VqWeights load(Scope owner, VqNetwork network, SafetensorsFile file)
      throws IOException {
    FlatLayout layout = network.layout();
    VqConfig config = network.config();
    Map<String, long[]> expected = new LinkedHashMap<>();
    layout.parameters().forEach(p -> expected.put(p.name(), p.dimensions()));
    expected.put(CODEBOOK, new long[] {config.codebookSize(), config.codebookEmbedDim()});
    WeightLoader.check(file, expected, Set.of(CODEBOOK_USED));
    CoreKernels core = CoreKernels.of(owner.engine());
    Array flat = owner.zeros(ElementType.FLOAT32, layout.length());
    try (Scope work = owner.open("load tokenizer")) {
      for (Parameter p : layout.parameters()) {
        Array value = WeightLoader.load(work, file, p.name(), ElementType.FLOAT32);
        core.copy(core.slice(work, flat, p.offset(), p.length()), value);
      }
    }
    return new VqWeights(flat, WeightLoader.load(owner, file, CODEBOOK, ElementType.FLOAT32));
  }

  /**
   * Adds every tensor to a file under LlamaGen's key names: fp16 but for the codebook, whose
   * rounding would move the borders between codes. The reconstructions stay the same to 0.01 dB.
   */
  public void save(FlatLayout layout, SafetensorsWriter writer) {
    float[] values = flat.toFloats();
    for (Parameter p : layout.parameters()) {
      float[] part = Arrays.copyOfRange(values, p.offset(), p.offset() + p.length());
      writer.halves(p.name(), part, p.dimensions());
    }
    writer.floats(CODEBOOK, codebook.toFloats(), codebook.shape());
  }
}
