package io.hybnext.ops.plan;

import io.hybnext.actors.exchange.ExchangeMemory;
import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.lora.LoraLayout;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.LayerMemory;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.training.TrainingMemory;
import io.hybnext.model.training.WeightMemory;
import io.hybnext.ops.plan.MemoryItem.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * What a trainer of a run holds on its device and in host memory, and what the host's trainers
 * share. Everything but the two constants follows from layouts and kernels.
 */
public final class MemoryPlan {
  /**
   * JVM without heap, libtorch for the CPU, compiled kernels, and what cluster and exchange load:
   * measured, resident (226 MiB without the last).
   */
  public static final long PROCESS_BYTES = 256L << 20;

  /** CUDA context, cuBLAS and its workspaces: an assumption, it differs from GPU to GPU. */
  public static final long CUDA_BYTES = 1L << 30;

  private final TrainingConfig config;
  private final PassShape shape;
  private final PlanSettings settings;
  private final WeightMemory weights;
  private final ExchangeMemory exchange;
  private final TrainingMemory step;

  /**
   * Works the plan out.
   *
   * @param shape of a microshard
   * @param computed precision inside kernels
   * @throws IllegalArgumentException when there are more trainers than microshards
   */
  public MemoryPlan(
      TrainingConfig config, PassShape shape, PlanSettings settings, Precision computed) {
    this.config = config;
    this.shape = shape;
    this.settings = settings;
    this.weights = WeightMemory.of(config, settings.cpu());
    this.exchange = ExchangeMemory.of(buckets(config), settings.trainers(), settings.microshards());
    this.step = new TrainingMemory(config, shape, computed, settings.cpu());
  }

  private static BucketLayout buckets(TrainingConfig config) {
    ParameterLayout layout = ArraTraining.layout(config);
    ParameterLayout trained =
        config.tuning().lora().map(lora -> new LoraLayout(lora, layout).trained()).orElse(layout);
    return new BucketLayout(
        trained.buckets().stream()
            .map(bucket -> new BucketLayout.Bucket(bucket.name(), bucket.length()))
            .toList());
  }

  /** What is planned. */
  public TrainingConfig config() {
    return config;
  }

  /** Sizes of a microshard. */
  public PassShape shape() {
    return shape;
  }

  /** Around the maths. */
  public PlanSettings settings() {
    return settings;
  }

  /** Bytes of the weights. */
  public WeightMemory weights() {
    return weights;
  }

  /** What each part of the network holds during a microshard. */
  public List<LayerMemory> layers() {
    return step.layers();
  }

  /** Every line, places in order. */
  public List<MemoryItem> items() {
    List<MemoryItem> items = new ArrayList<>();
    boolean again = config.recompute();
    long kept = step.activations(again);
    items.add(device("weights", weights.working(), "working precision"));
    items.add(device("frozen weights", weights.frozen(), "working precision, held once"));
    items.add(device("activations", kept, again ? "recomputed: inputs of blocks" : "kept"));
    items.add(device("gradients, temporaries", step.peak(again) - kept, "on top, at the peak"));
    items.add(device("CUDA", settings.cpu() ? 0 : CUDA_BYTES, "constant, assumed"));
    items.add(host("weights", weights.masters(), "fp32 masters"));
    items.add(
        host("optimiser", WeightMemory.moments(exchange.held()), "AdamW, as owner and as deputy"));
    items.add(host("gradients", exchange.sums(), "sums, as owner and as deputy"));
    items.add(host("partial sums", exchange.partialSums(), "of own microshards"));
    items.add(host("gradient copy", weights.staging(), "longest bucket"));
    items.add(host("Java heap", settings.heapBytes(), "limit, trainers.heap"));
    items.add(host("process", PROCESS_BYTES, "constant, measured"));
    items.add(host("checkpoint", checkpoint(), "while one is written, rank 0"));
    int trainers = settings.trainers();
    long shared = trainers == 1 ? 0 : SharedMemory.neededBytes(trainers);
    items.add(new MemoryItem("exchange", Place.SHARED, shared, "all trainers on one host"));
    return items.stream().filter(item -> item.bytes() > 0).toList();
  }

  private static MemoryItem device(String name, long bytes, String remark) {
    return new MemoryItem(name, Place.DEVICE, bytes, remark);
  }

  private static MemoryItem host(String name, long bytes, String remark) {
    return new MemoryItem(name, Place.HOST, bytes, remark);
  }

  private long checkpoint() {
    return WeightMemory.moments(exchange.owned()) + weights.masters();
  }

  /** Bytes of one trainer in a place; of the host's trainers together in shared memory. */
  public long total(Place place) {
    return items().stream()
        .filter(item -> item.place() == place)
        .mapToLong(MemoryItem::bytes)
        .sum();
  }

  /** Bytes that may wait for peers besides, see {@link ExchangeMemory#waiting}. */
  public long waiting() {
    return exchange.waiting();
  }

  /** What has to fit: the device's memory, where that is the host's also what is held there. */
  public long needed() {
    return total(Place.DEVICE) + (settings.cpu() ? total(Place.HOST) : 0);
  }
}
