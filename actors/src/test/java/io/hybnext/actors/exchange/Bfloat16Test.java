package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.exchange.ExchangeMachine.Phase;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

  private static float rounded(float value) {
    return Bfloat16.value(Bfloat16.bits(value));
  }

  @Test
  void shouldRoundToTheNearestAndTiesToEven() {
    assertEquals(1f, rounded(1f + 0x1p-9f));
    assertEquals(1f, rounded(1f + 0x1p-8f), "a tie goes to the even one below");
    assertEquals(1f + 0x1p-6f, rounded(1f + 0x1p-7f + 0x1p-8f), "a tie goes to the even one above");
    assertEquals(1f + 0x1p-7f, rounded(1f + 0x1p-8f + 0x1p-20f));
    assertEquals(-2f, rounded(-1.999f));
    assertEquals(0x8000, Bfloat16.bits(-0f));
    assertEquals(Float.POSITIVE_INFINITY, rounded(Float.MAX_VALUE));
    assertEquals(Float.NEGATIVE_INFINITY, rounded(Float.NEGATIVE_INFINITY));
  }

  @Test
  void shouldKeepWhatIsNoNumber() {
    for (int bits : new int[] {0x7fc00000, 0x7fffffff, 0xffffffff, 0x7f800001, 0xff800001}) {
      assertTrue(Float.isNaN(rounded(Float.intBitsToFloat(bits))), Integer.toHexString(bits));
    }
  }

  @Test
  void shouldNeverBeFartherOffThanHalfAStepAndChangeRoundedNumbersNoMore() {
    Random random = new Random(5);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      float near = rounded(value);
      if (Float.isFinite(value) && Float.isFinite(near) && Math.abs(value) >= Float.MIN_NORMAL) {
        assertTrue(Math.abs(near - (double) value) <= Math.abs((double) value) * 0x1p-8);
      }
      assertEquals(Bfloat16.bits(value), Bfloat16.bits(near));
    }
  }

  @Test
  void shouldRoundBuffersAsSingleNumbersAlsoWhereSomeAreNotFinite() {
    Random random = new Random(6);
    Bfloat16 bfloat16 = new Bfloat16();
    int length = 3 * 1024 + 5;
    UnsafeBuffer values = LinearTrainStep.floats(length);
    for (int i = 0; i < length; i++) {
      values.putInt(i * 4, i < 1500 ? random.nextInt() : random.nextInt() & 0xbfffffff);
    }
    UnsafeBuffer packed = new UnsafeBuffer(new byte[2 * length]);
    bfloat16.pack(packed, values, 0, length);
    UnsafeBuffer rounded = LinearTrainStep.floats(length);
    bfloat16.round(rounded, 0, values, 0, length);
    for (int i = 0; i < length; i++) {
      int bits = Bfloat16.bits(values.getFloat(i * 4));
      assertEquals((short) bits, packed.getShort(i * 2));
      assertEquals(bits << 16, rounded.getInt(i * 4));
    }
  }

  @Test
  void shouldPackWithoutLossWhatIsRounded() {
    Bfloat16 bfloat16 = new Bfloat16();
    UnsafeBuffer values = LinearTrainStep.floats(100);
    UnsafeBuffer packed = new UnsafeBuffer(new byte[200]);
    UnsafeBuffer back = LinearTrainStep.floats(100);
    for (int i = 0; i < 100; i++) {
      values.putFloat(i * 4, LinearTrainStep.gradient(1, 2, 3, i));
    }
    bfloat16.round(values, 0, values, 0, 100);
    bfloat16.pack(packed, values, 0, 100);
    bfloat16.unpack(back, 0, packed, 0, 100);
    assertEquals(values, back);
  }

  @Test
  void shouldStayWithinTheErrorThatIsStated() {
    int microshards = 8;
    BucketLayout layout = new BucketLayout(List.of(new Bucket("a", 64)));
    SimulatedTrainStep trainStep = new SimulatedTrainStep(layout);
    trainStep.initialise();
    Place place = new Place(1, 1, 0, List.of("a"), List.of(new MicroshardRange(0, microshards)));
    ExchangeSettings settings = ExchangeSettings.defaults().withWire(WireFormat.BF16);
    ExchangeMachine machine = new ExchangeMachine(place, layout, PeerLinks.NONE, settings);
    HeldState held = new HeldState(layout);
    held.reset(0);
    machine.settle(trainStep, held);
    toReady(machine);
    machine.begin(0);
    double[] exact = new double[64];
    double[] sizes = new double[64];
    for (int microshard = 0; microshard < microshards; microshard++) {
      UnsafeBuffer gradient = LinearTrainStep.floats(64);
      for (int i = 0; i < 64; i++) {
        float value = LinearTrainStep.gradient(0, microshard, 0, i);
        gradient.putFloat(i * 4, value);
        exact[i] += value;
        sizes[i] += Math.abs(value);
      }
      machine.add(microshard, 0, gradient);
      machine.addLoss(microshard, LinearTrainStep.loss(0, microshard));
    }
    machine.finish(trainStep);
    toReady(machine);
    boolean differs = false;
    double errors = 0;
    double sums = 0;
    for (int i = 0; i < 64; i++) {
      float sum = held.sumBuffer(0).getFloat(i * 4);
      double error = Math.abs(sum - exact[i]);
      assertTrue(error <= 4 * 1.01 * 0x1p-8 * sizes[i], "element " + i + " is off by " + error);
      assertEquals(sum, rounded(sum));
      differs |= error > 0;
      errors += error * error;
      sums += exact[i] * exact[i];
    }
    double typical = Math.sqrt(errors / sums);
    assertEquals(0.0044, typical, 0.0003); // stated in reference.conf
    assertTrue(differs, "something was rounded");
  }

  private static void toReady(ExchangeMachine machine) {
    while (machine.phase() != Phase.READY) {
      machine.advance();
    }
  }
}
