package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.WorkingWeights;
import io.hybnext.model.optimiser.AdamW;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The maths of one trainer: a decoder with ARRA's alignment term, its gradients bucket by bucket,
 * and AdamW on chunks. Every result depends on arguments and state alone, bit for bit, never on how
 * samples are spread over trainers. Used by one thread at a time.
 */
public final class ArraTraining implements AutoCloseable {
  private final TorchEngine engine;
  private final TrainingConfig config;
  private final TrainedWeights weights;
  private final Decoder network;
  private final Alignment alignment;
  private final AdamW optimiser;
  private final Moments moments;
  private final BlockwisePass.Parts parts;

  /** A training with weights of zeros; call {@link #initialise} or restore them. */
  public ArraTraining(TorchEngine engine, TrainingConfig config) {
    this.engine = engine;
    this.config = config;
    ArraConfig arra = config.arra();
    ParameterLayout layout = layout(config);
    this.weights = new TrainedWeights(engine, layout, config.precision(), config.tuning());
    this.network = config.network().open(engine, config.precision(), arra.objective());
    ParameterLayout.Bucket projector = layout.buckets().get(layout.projectorBucket());
    this.alignment = new Alignment(engine, arra, projector, config.precision());
    this.optimiser = new AdamW(engine, config.optimiser(), config.tuning()::freezes);
    this.moments = new Moments(weights.trained().layout());
    this.parts = new BlockwisePass.Parts(alignment, arra, weights);
  }

  /** The layout of a network's parameters and the projector's. */
  public static ParameterLayout layout(TrainingConfig config) {
    ArraConfig arra = config.arra();
    return config
        .network()
        .layout()
        .withProjector(
            config.network().width(), arra.featureDim(), arra.positions().learnedToken());
  }

  /** The settings. */
  public TrainingConfig config() {
    return config;
  }

  /**
   * Where everything that is trained lies: the network and projector, or adapters and projector.
   */
  public ParameterLayout layout() {
    return weights.trained().layout();
  }

  /**
   * What is trained: the network and projector, or adapters and projector; after writing to a
   * bucket's master call {@link ModelWeights#changed}.
   */
  public ModelWeights weights() {
    return weights.trained();
  }

  /**
   * All weights of the network; under adapters the frozen ones, which nothing changes, while the
   * projector is among the {@link #weights}.
   */
  public WorkingWeights network() {
    return weights.network();
  }

  /** AdamW's moments of the chunks updated or restored so far. */
  public Moments moments() {
    return moments;
  }

  /** Initial weights from the seed, and zero moments. */
  public void initialise() {
    weights.base().ifPresent(base -> initial().fill(base));
    initialiseTrained();
  }

  /** The same without the frozen network under adapters, for one that is written from elsewhere. */
  public void initialiseTrained() {
    initial().fill(weights.trained());
    moments.clear();
  }

  /** Only what is stored with the trained weights and no step changes; the rest stays as it is. */
  public void initialiseFrozen() {
    initial().fillFrozen(weights.trained());
  }

  private InitialWeights initial() {
    return new InitialWeights(engine, config.network(), config.seed());
  }

  /**
   * Forward and backward of one microshard with the present weights. Hands every bucket to the sink
   * exactly once, with the gradient of the microshard's mean loss.
   */
  public Loss forwardBackward(TrainingBatch batch, GradientSink sink) {
    try (Scope scope = engine.openScope("microshard")) {
      Noise noise = new Noise(config.seed(), batch.step(), batch.sampleNumbers(), true);
      DecoderPass pass = network.pass(scope, batch.input(), noise);
      return new BlockwisePass(parts, config.recompute(), scope, pass, features(scope, batch))
          .run(sink);
    }
  }

  private Array features(Scope scope, TrainingBatch batch) {
    int width = config.arra().featureDim();
    float[] all = new float[batch.size() * width];
    for (int row = 0; row < batch.size(); row++) {
      float[] feature = batch.features().get(row);
      if (feature.length != width && config.arra().active()) {
        throw new IllegalArgumentException(
            "a feature has "
                + feature.length
                + " numbers, arra.feature-dim is "
                + width
                + "; use the encoder the data was made with");
      }
      System.arraycopy(feature, 0, all, row * width, Math.min(width, feature.length));
    }
    return scope.floats(all, batch.size(), width);
  }

  /**
   * AdamW on one chunk: master weights and moments change. Call {@link ModelWeights#changed} when
   * all chunks of the bucket are new.
   *
   * @param bucket its number
   * @param begin first element of the chunk in the bucket
   * @param length elements of the chunk
   * @param gradient summed over microshards, direct, fp32, native order, from its position; not
   *     changed
   * @param scale what the sum is multiplied by: clip factor / number of microshards
   * @param step from 0: bias correction and learning rate follow from it
   */
  public void update(
      int bucket, int begin, int length, ByteBuffer gradient, float scale, long step) {
    Moments.Chunk state = moments.of(bucket, begin, length);
    ByteBuffer master = weights().master(bucket).position(begin * Float.BYTES);
    AdamW.Chunk chunk =
        new AdamW.Chunk(
            layout().buckets().get(bucket), begin, length, master, state.mean(), state.square());
    optimiser.update(chunk, gradient, scale, learningRate(step), step);
  }

  /** Learning rate of a step, from 0. */
  public double learningRate(long step) {
    return config.learningRate().at(step);
  }

  /** The largest gradient norm that is not clipped; infinite for none. */
  public double clipNorm() {
    return config.optimiser().clipNorm();
  }

  /** Every trained weight under its key, the projector's and what is stored with them; views. */
  public List<HostTensor> tensors() {
    return weights().parameters().stream()
        .map(p -> new HostTensor(p.name(), p.shape(), weights().parameter(p.name())))
        .toList();
  }

  /**
   * The network's weights under their original keys with adapters merged in, as an export holds
   * them; without adapters the weights themselves. Copies, all at once: {@link #eachMerged} holds
   * one bucket at a time.
   */
  public List<HostTensor> mergedTensors() {
    List<HostTensor> tensors = new ArrayList<>();
    eachMerged(tensor -> tensors.add(tensor.copy()));
    return tensors;
  }

  /**
   * Shows every weight of the network with adapters merged in, one after the other.
   *
   * @param sink gets a tensor whose data is valid during the call only
   */
  public void eachMerged(Consumer<HostTensor> sink) {
    ParameterLayout layout = network().layout();
    int longest =
        layout.buckets().stream().mapToInt(ParameterLayout.Bucket::length).max().orElse(0);
    ByteBuffer numbers =
        ByteBuffer.allocateDirect(Math.multiplyExact(longest, Float.BYTES))
            .order(ByteOrder.nativeOrder());
    try (Scope scope = engine.openScope("merge")) {
      BucketArrays merged = weights.working(scope);
      for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
        Array flat = merged.of(bucket);
        CoreKernels.of(engine).readFloats(flat, numbers);
        merged.release(bucket, flat);
        for (ParameterLayout.Parameter p : layout.buckets().get(bucket).parameters()) {
          int begin = p.offset() * Float.BYTES;
          ByteBuffer part = numbers.slice(begin, p.length() * Float.BYTES);
          sink.accept(new HostTensor(p.name(), p.shape(), part));
        }
      }
    }
    for (ParameterLayout.Parameter p : layout.frozen()) {
      ByteBuffer copy =
          ByteBuffer.allocateDirect(p.length() * Float.BYTES).order(ByteOrder.nativeOrder());
      copy.asFloatBuffer().put(network().values(p.name()));
      sink.accept(new HostTensor(p.name(), p.shape(), copy));
    }
  }

  /** Losses on held-out samples: teacher forced, dropout off, every condition kept. */
  public Evaluation evaluate(TrainingBatch batch) {
    try (Scope scope = engine.openScope("evaluation");
        Autograd.Recording off = Autograd.pause()) {
      boolean aligned = config.arra().positions() != Positions.NONE;
      DecoderPass pass = network.pass(scope, batch.input(), Noise.none(batch.size()));
      Optional<Array> features = aligned ? Optional.of(features(scope, batch)) : Optional.empty();
      return new HeldOutPass(parts, scope, pass).run(features);
    }
  }

  @Override
  public void close() {
    weights.close();
    network.close();
    alignment.close();
    optimiser.close();
  }
}
