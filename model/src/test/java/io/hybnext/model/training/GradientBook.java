package io.hybnext.model.training;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps the gradients of a pass as a trainer's exchange would, in memory of its own. */
public final class GradientBook implements GradientSink {
  /** Elements a chunk, small here so that several chunks meet in a bucket. */
  public static final int CHUNK = 5000;

  private final ParameterLayout layout;
  private final Map<Integer, ByteBuffer> gradients = new HashMap<>();
  final List<Integer> order = new ArrayList<>();

  public GradientBook(ParameterLayout layout) {
    this.layout = layout;
  }

  @Override
  public void accept(int bucket, ByteBuffer gradient) {
    if (gradient.remaining() != layout.buckets().get(bucket).length() * Float.BYTES) {
      throw new AssertionError("bucket " + bucket + " has " + gradient.remaining() + " bytes");
    }
    ByteBuffer copy =
        ByteBuffer.allocateDirect(gradient.remaining()).order(ByteOrder.nativeOrder());
    copy.put(gradient.duplicate()).flip();
    if (gradients.put(bucket, copy) != null) {
      throw new AssertionError("bucket " + bucket + " came twice");
    }
    order.add(bucket);
  }

  public float[] of(String parameter) {
    Place place = layout.find(parameter).orElseThrow();
    float[] values = new float[place.parameter().length()];
    gradients.get(place.bucket()).asFloatBuffer().get(place.parameter().offset(), values);
    return values;
  }

  public ByteBuffer bucket(int bucket) {
    return gradients.get(bucket);
  }

  public boolean complete() {
    return gradients.size() == layout.buckets().size();
  }

  public double norm(boolean withProjector) {
    double sum = 0;
    int buckets = layout.buckets().size() - (withProjector ? 0 : 1);
    for (int i = 0; i < buckets; i++) {
      var floats = gradients.get(i).asFloatBuffer();
      while (floats.hasRemaining()) {
        float value = floats.get();
        sum += (double) value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /** One optimiser step on every chunk. */
  public void apply(ArraTraining training, float scale, long step) {
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      int length = layout.buckets().get(bucket).length();
      for (int begin = 0; begin < length; begin += CHUNK) {
        ByteBuffer gradient = gradients.get(bucket).duplicate().position(begin * Float.BYTES);
        training.update(bucket, begin, Math.min(CHUNK, length - begin), gradient, scale, step);
      }
      training.weights().changed(bucket);
    }
  }
}
