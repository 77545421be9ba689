package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.sampling.SamplingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Free generation as the original does it: text and images mixed, any symbol in any slot, until a
 * block begins with the end of the text. Source: spec/kelix.md section 5.5. Used by one thread at a
 * time.
 */
public final class BlockGeneration implements AutoCloseable {
  private final TorchEngine engine;
  private final NbpConfig config;
  private final Precision computed;
  private final KernelModule kernels;

  /** Compiles the kernels. */
  public BlockGeneration(TorchEngine engine, NbpConfig config, Precision precision) {
    this.engine = engine;
    this.config = config;
    this.computed = engine.arithmetic(precision);
    this.kernels = BlockReader.compile(engine, config, precision, computed);
  }

  /**
   * What came of a prompt.
   *
   * @param rows the prompt's blocks and those behind them, (L)(N + 1)
   * @param states of each block that was read, behind the last layer: (L - 1) D values
   */
  public record Generated(int[][] rows, float[] states) {}

  /**
   * Continues a prompt by the likeliest symbols.
   *
   * @param prompt blocks, at least one, each filled up with {@code <eob>}
   * @param most blocks that are added at most
   */
  public Generated greedy(ModelWeights weights, int[][] prompt, int most) {
    int width = config.width();
    List<int[]> rows = new ArrayList<>(Arrays.asList(prompt));
    float[] states = new float[(prompt.length + most) * width];
    int read = 0;
    try (Scope scope = engine.openScope("generation")) {
      BlockReader reader =
          new BlockReader(
              scope, config, kernels, weights, computed, new int[] {0}, prompt.length + most);
      SamplingSettings greedy = SamplingSettings.greedy(1);
      BlockReader.Draw draw = new BlockReader.Draw(greedy, false, false);
      while (rows.size() < prompt.length + most && !ended(rows, prompt.length)) {
        int[][] fresh = rows.subList(read, rows.size()).toArray(new int[0][]);
        try (Array behind = reader.read(List.<int[][]>of(fresh))) {
          float[] values = behind.toFloats();
          System.arraycopy(values, 0, states, read * width, values.length);
          read = rows.size();
          rows.add(finished(reader.draw(behind, new long[config.codes()], draw)));
        }
      }
    }
    return new Generated(rows.toArray(new int[0][]), Arrays.copyOf(states, read * width));
  }

  private boolean ended(List<int[]> rows, int prompt) {
    return rows.size() > prompt && rows.get(rows.size() - 1)[0] == config.symbols().endOfText();
  }

  /** The end of block is set, not predicted, and fills what follows the first one. */
  private int[] finished(long[] symbols) {
    int[] row = new int[config.codes() + 1];
    Arrays.fill(row, config.symbols().endOfBlock());
    for (int j = 0; j < symbols.length && symbols[j] != config.symbols().endOfBlock(); j++) {
      row[j] = (int) symbols[j];
    }
    return row;
  }

  @Override
  public void close() {
    kernels.close();
  }
}
