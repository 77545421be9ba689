package io.hybnext.actors.fake;

import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.HeldState;
import io.hybnext.actors.exchange.Settlement;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.step.TrainStep.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Exchanges gradients between trainers of one JVM, folding along a fixed tree. */
public final class ExchangeHub {
  private final Map<Long, Room> rooms = new ConcurrentHashMap<>();

  /** Opens a member's side. */
  public StepExchange open(Generation generation, String trainer, BucketLayout layout) {
    Room room = rooms.computeIfAbsent(generation.number(), number -> new Room(generation));
    return new Side(room, generation.member(trainer).rank(), generation, layout);
  }

  /** What the members of a generation share. */
  private static final class Room {
    private final int members;
    private final Map<Integer, Map<Integer, float[]>> gradients = new TreeMap<>();
    private final Map<Integer, Loss> losses = new TreeMap<>();
    private final Map<Chunk, float[]> updated = new ConcurrentHashMap<>();
    private int arrived;
    private long round;
    private String aborted;

    Room(Generation generation) {
      members = generation.worldSize();
    }

    synchronized void check() {
      if (aborted != null) {
        throw new ExchangeException(aborted);
      }
    }

    synchronized void abort(String reason) {
      aborted = aborted == null ? reason : aborted;
      notifyAll();
    }

    /** Waits for all members; the last one runs {@code atEnd}. */
    synchronized void meet(Runnable atEnd) {
      check();
      long mine = round;
      arrived++;
      if (arrived == members) {
        atEnd.run();
        arrived = 0;
        round++;
        notifyAll();
      }
      while (round == mine) {
        check();
        try {
          wait(30_000);
        } catch (InterruptedException e) {
          throw new ExchangeException("interrupted", e);
        }
      }
    }

    synchronized void add(int microshard, int bucket, float[] gradient) {
      gradients.computeIfAbsent(bucket, number -> new TreeMap<>()).put(microshard, gradient);
    }

    synchronized void addLoss(int microshard, Loss loss) {
      losses.put(microshard, loss);
    }

    synchronized float[] sum(int bucket) {
      List<float[]> level = new ArrayList<>(gradients.get(bucket).values());
      while (level.size() > 1) {
        List<float[]> next = new ArrayList<>();
        for (int i = 0; i < level.size(); i += 2) {
          next.add(i + 1 < level.size() ? plus(level.get(i), level.get(i + 1)) : level.get(i));
        }
        level = next;
      }
      return level.get(0);
    }

    private static float[] plus(float[] a, float[] b) {
      float[] sum = new float[a.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = a[i] + b[i];
      }
      return sum;
    }

    synchronized Loss loss() {
      double nll = 0;
      long tokens = 0;
      for (Loss loss : losses.values()) {
        nll += loss.nll();
        tokens += loss.tokens();
      }
      return new Loss(nll / losses.size(), 0.5, 0, tokens);
    }

    synchronized void clear() {
      gradients.clear();
      losses.clear();
      updated.clear();
    }
  }

  private static final class Side implements StepExchange {
    private final Room room;
    private final Generation generation;
    private final BucketLayout layout;
    private final List<Chunk> owned = new ArrayList<>();
    private final List<Chunk> all = new ArrayList<>();
    private boolean lost;

    Side(Room room, int rank, Generation generation, BucketLayout layout) {
      this.room = room;
      this.generation = generation;
      this.layout = layout;
      for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
        for (int index = 0; index < layout.buckets().get(bucket).chunks(); index++) {
          Chunk chunk = new Chunk(bucket, index);
          if (all.size() % generation.worldSize() == rank) {
            owned.add(chunk);
          }
          all.add(chunk);
        }
      }
    }

    @Override
    public List<Chunk> owned() {
      return List.copyOf(owned);
    }

    /** Every generation starts from its checkpoint. */
    @Override
    public Settlement settle(TrainStep trainStep, HeldState held) {
      room.check();
      if (!lost) {
        lost = true;
        return new Settlement.StateLost("every member goes back to the checkpoint");
      }
      return new Settlement.GoOn(held.committed(), Optional.empty());
    }

    @Override
    public void begin(long step) {
      room.check();
    }

    @Override
    public void add(int microshard, int bucket, DirectBuffer gradient) {
      room.check();
      room.add(microshard, bucket, floats(gradient, 0, gradient.capacity() / Float.BYTES));
    }

    private static float[] floats(DirectBuffer buffer, int offset, int length) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] = buffer.getFloat(offset + i * Float.BYTES);
      }
      return values;
    }

    @Override
    public void addLoss(int microshard, Loss loss) {
      room.addLoss(microshard, loss);
    }

    @Override
    public StepResult finish(TrainStep trainStep) {
      long startNs = System.nanoTime();
      room.meet(() -> {});
      long waitNs = System.nanoTime() - startNs;
      double squares = 0;
      List<UnsafeBuffer> sums = new ArrayList<>();
      for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
        float[] sum = room.sum(bucket);
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[sum.length * Float.BYTES]);
        for (int i = 0; i < sum.length; i++) {
          squares += (double) sum[i] * sum[i];
          bytes.putFloat(i * Float.BYTES, sum[i]);
        }
        sums.add(bytes);
      }
      Loss loss = room.loss();
      double norm = Math.sqrt(squares) / generation.microshards();
      boolean applied = Double.isFinite(norm) && Double.isFinite(loss.nll());
      if (applied) {
        update(trainStep, sums, norm);
      }
      room.meet(() -> {});
      if (applied) {
        gather(trainStep);
      }
      room.meet(room::clear);
      return new StepResult(loss, norm, applied, waitNs);
    }

    private void update(TrainStep trainStep, List<UnsafeBuffer> sums, double norm) {
      float clip = (float) Math.min(1, trainStep.clipNorm() / norm);
      for (Chunk chunk : owned) {
        int offset = chunk.offset() * Float.BYTES;
        float scale = clip / generation.microshards();
        trainStep.update(chunk, sums.get(chunk.bucket()), offset, scale, 0);
        int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
        room.updated.put(chunk, floats(trainStep.weights(chunk.bucket()), offset, length));
      }
    }

    private void gather(TrainStep trainStep) {
      for (Chunk chunk : all) {
        float[] values = room.updated.get(chunk);
        for (int i = 0; i < values.length; i++) {
          int at = (chunk.offset() + i) * Float.BYTES;
          trainStep.weights(chunk.bucket()).putFloat(at, values[i]);
        }
      }
    }

    @Override
    public void abort(String reason) {
      room.abort(reason);
    }

    @Override
    public void close() {}
  }
}
