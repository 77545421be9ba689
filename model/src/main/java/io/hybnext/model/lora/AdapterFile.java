package io.hybnext.model.lora;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.weights.ChangedCheckpoint;
import io.hybnext.model.weights.ChangedCheckpoint.RowChange;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.RenamedCheckpoint;
import io.hybnext.model.weights.TensorEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The adapters that a checkpoint holds, to be merged into the network that they were trained on or
 * handed on by themselves. Does not own the checkpoint, which stays open as long as results are
 * read.
 *
 * @param config of the run that trained them
 * @param tensors {@code MODULE.lora_A.weight} (rank, in) and {@code MODULE.lora_B.weight} (out,
 *     rank)
 */
public record AdapterFile(LoraConfig config, Checkpoint tensors) {
  private static final String PEFT = "base_model.model.";

  /** Names of the matrices that have adapters, without {@code .weight}. */
  public List<String> modules() {
    List<String> modules = new ArrayList<>();
    for (String name : tensors.names()) {
      if (name.endsWith(LoraLayout.A)) {
        modules.add(name.substring(0, name.length() - LoraLayout.A.length()));
      }
    }
    return modules;
  }

  /**
   * The network with the adapters merged in: W + scale B A, computed while it is read, in fp32, and
   * rounded to the type that W is stored in.
   *
   * @param base the network; owned by the result
   * @param before changes that the network had when training began
   * @throws CheckpointException when adapters and network do not fit
   */
  public Checkpoint mergedInto(Checkpoint base, Map<String, RowChange> before)
      throws CheckpointException {
    Map<String, RowChange> changes = new LinkedHashMap<>(before);
    for (String module : modules()) {
      String name = module + ".weight";
      RowChange product = product(module, base.entry(name));
      RowChange first = before.get(name);
      changes.put(
          name,
          first == null
              ? product
              : (row, column, values) -> {
                first.apply(row, column, values);
                product.apply(row, column, values);
              });
    }
    return new ChangedCheckpoint(base, changes);
  }

  private RowChange product(String module, TensorEntry matrix) throws CheckpointException {
    int rank = config.rank();
    TensorEntry down = tensors.entry(module + LoraLayout.A);
    TensorEntry up = tensors.entry(module + LoraLayout.B);
    long[] shape = matrix.shape();
    if (shape.length != 2 || !down.hasShape(rank, shape[1]) || !up.hasShape(shape[0], rank)) {
      throw new CheckpointException(
          tensors.path() + ": " + down + " and " + up + " are no adapters of " + matrix);
    }
    return new Product(down.name(), up.name(), shape[0], (int) shape[1]);
  }

  /** Adds scale B A to a matrix; holds A and B from its first row to its last. */
  private final class Product implements RowChange {
    private final String down;
    private final String up;
    private final long rows;
    private final int width;
    private float[] a;
    private float[] b;

    Product(String down, String up, long rows, int width) {
      this.down = down;
      this.up = up;
      this.rows = rows;
      this.width = width;
    }

    @Override
    public void apply(long row, int first, float[] values) throws IOException {
      if (a == null) {
        a = tensors.floats(down);
        b = tensors.floats(up);
      }
      float[] sum = new float[values.length];
      for (int k = 0; k < config.rank(); k++) {
        float factor = b[(int) row * config.rank() + k];
        int from = k * width + first;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += factor * a[from + i];
        }
      }
      float scale = (float) config.scale();
      for (int i = 0; i < sum.length; i++) {
        values[i] += scale * sum[i];
      }
      if (row == rows - 1 && first + values.length == width) {
        a = null;
        b = null;
      }
    }
  }

  /** The adapters alone under the key names of Hugging Face's PEFT. Closes with the checkpoint. */
  public Checkpoint peft() {
    return new RenamedCheckpoint(tensors, name -> PEFT + name);
  }

  /**
   * PEFT's {@code adapter_config.json}.
   *
   * @param base what the network is called that they belong to
   */
  public ObjectNode peftConfig(String base) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("peft_type", "LORA");
    json.put("task_type", "CAUSAL_LM");
    json.put("base_model_name_or_path", base);
    json.put("r", config.rank());
    json.put("lora_alpha", config.alpha());
    json.put("lora_dropout", 0.0);
    json.put("bias", "none");
    json.put("fan_in_fan_out", false);
    json.put("inference_mode", true);
    modules().forEach(json.putArray("target_modules")::add);
    return json;
  }
}
