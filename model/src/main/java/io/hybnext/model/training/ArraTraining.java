package io.hybnext.model.training;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.Alignment;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.arra.ArraConfig.Positions;
import io.hybnext.model.optimiser.AdamW;
import io.hybnext.model.transformer.ModelWeights;
import io.hybnext.model.transformer.NetworkInputs;
import io.hybnext.model.transformer.NetworkInputs.Noise;
import io.hybnext.model.transformer.ParameterLayout;
import io.hybnext.model.transformer.RandomStreams;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.Transformer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The maths of one trainer: a LlamaGen transformer with ARRA's alignment term, its gradients bucket
 * by bucket, and AdamW on chunks. Every result depends on arguments and state alone, bit for bit,
 * never on how samples are spread over trainers. Used by one thread at a time.
 */
public final class ArraTraining implements AutoCloseable {
  private final TorchEngine engine;
  private final TrainingConfig config;
  private final ModelWeights weights;
  private final Transformer network;
  private final Alignment alignment;
  private final AdamW optimiser;
  private final Moments moments;
  private final BlockwisePass.Parts parts;

  /** A training with weights of zeros; call {@link #initialise} or restore them. */
  public ArraTraining(TorchEngine engine, TrainingConfig config) {
    this.engine = engine;
    this.config = config;
    ArraConfig arra = config.arra();
    SequenceShape shape =
        new SequenceShape(
            config.network().clsTokenNum(),
            config.network().blockSize(),
            arra.positions().repPlace());
    ParameterLayout layout = layout(config);
    this.weights = new ModelWeights(engine, layout, config.precision());
    this.network = new Transformer(engine, config.network(), config.precision());
    int projector = layout.buckets().size() - 1;
    this.alignment =
        new Alignment(engine, arra, layout.buckets().get(projector), config.precision());
    this.optimiser = new AdamW(engine, config.optimiser());
    this.moments = new Moments(layout);
    GradientExport export = new GradientExport(engine, layout, config.precision());
    this.parts = new BlockwisePass.Parts(network, alignment, arra, weights, export, shape);
  }

  /** The layout of a training's parameters: the network's and the projector's. */
  public static ParameterLayout layout(TrainingConfig config) {
    ArraConfig arra = config.arra();
    boolean repToken = arra.positions().repPlace() != SequenceShape.RepPlace.NONE;
    return ParameterLayout.of(config.network())
        .withProjector(config.network().dim(), arra.featureDim(), repToken);
  }

  /** The settings. */
  public TrainingConfig config() {
    return config;
  }

  /** Where each parameter lies. */
  public ParameterLayout layout() {
    return weights.layout();
  }

  /** The weights; after writing to a bucket's master call {@link ModelWeights#changed}. */
  public ModelWeights weights() {
    return weights;
  }

  /** AdamW's moments of the chunks updated or restored so far. */
  public Moments moments() {
    return moments;
  }

  /** Initial weights from the seed, and zero moments. */
  public void initialise() {
    new InitialWeights(engine, config.network(), config.seed()).fill(weights);
    moments.clear();
  }

  /**
   * Forward and backward of one microshard with the present weights. Hands every bucket to the sink
   * exactly once, with the gradient of the microshard's mean loss.
   */
  public Loss forwardBackward(TrainingBatch batch, GradientSink sink) {
    return forwardBackward(batch, Optional.empty(), sink);
  }

  /**
   * The same with weights of the samples in the next-token loss: sum over tokens of valid samples
   * divided by their number, as LlamaGen does with images below the target size.
   *
   * @param valid one a sample, 0 or 1; empty for the plain mean
   */
  public Loss forwardBackward(TrainingBatch batch, Optional<float[]> valid, GradientSink sink) {
    try (Scope scope = engine.openScope("microshard")) {
      Noise noise = new Noise(config.seed(), batch.step(), batch.sampleNumbers(), true);
      NetworkInputs inputs =
          network.inputs(
              scope, parts.shape(), batch.tokens(), batch.condition(), dropped(batch), noise);
      BlockwisePass pass =
          new BlockwisePass(parts, config.recompute(), scope, inputs, features(scope, batch));
      Optional<Array> weight = valid.map(values -> scope.floats(values, values.length));
      return pass.run(targets(scope, batch), weight, sink);
    }
  }

  /** Which samples train without their condition, so that guidance has a null branch to use. */
  private boolean[] dropped(TrainingBatch batch) {
    boolean[] dropped = new boolean[batch.size()];
    double probability = config.network().classDropoutProb();
    for (int i = 0; i < dropped.length; i++) {
      long key =
          CounterRandom.key(
              config.seed(), RandomStreams.CONDITION_DROP, batch.step(), batch.sampleNumbers()[i]);
      dropped[i] = CounterRandom.uniform(key, 0) < probability;
    }
    return dropped;
  }

  private Array targets(Scope scope, TrainingBatch batch) {
    int length = config.network().blockSize();
    long[] all = new long[batch.size() * length];
    for (int row = 0; row < batch.size(); row++) {
      int[] tokens = batch.tokens().get(row);
      if (tokens.length != length) {
        throw new IllegalArgumentException(
            "a sample has " + tokens.length + " tokens, the network takes " + length);
      }
      for (int i = 0; i < length; i++) {
        all[row * length + i] = tokens[i];
      }
    }
    return scope.longs(all, batch.size(), length);
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
    ByteBuffer master = weights.master(bucket).position(begin * Float.BYTES);
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

  /** Every weight under its original key, the projector's and frozen ones included; views. */
  public List<HostTensor> tensors() {
    return weights.parameters().stream()
        .map(p -> new HostTensor(p.name(), p.shape(), weights.parameter(p.name())))
        .toList();
  }

  /** Losses on held-out samples: teacher forced, dropout off, every condition kept. */
  public Evaluation evaluate(TrainingBatch batch) {
    try (Scope scope = engine.openScope("evaluation");
        Autograd.Recording off = Autograd.pause()) {
      boolean aligned = config.arra().positions() != Positions.NONE;
      Noise silent = Noise.none(batch.size());
      NetworkInputs inputs =
          network.inputs(
              scope, parts.shape(), batch.tokens(), batch.condition(), new boolean[0], silent);
      HeldOutPass pass = new HeldOutPass(parts, scope, inputs);
      Optional<Array> features = aligned ? Optional.of(features(scope, batch)) : Optional.empty();
      return pass.run(targets(scope, batch), features);
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
