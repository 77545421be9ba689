package io.hybnext.streams.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.flow.ByteBudget.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

  private static CompletableFuture<Permit> ask(ByteBudget budget, long bytes) {
    return budget.acquire(bytes).toCompletableFuture();
  }

  @Test
  void shouldGrantInTheOrderAskedEvenIfALaterOneWouldFit() {
    ByteBudget budget = new ByteBudget(100);
    Permit first = ask(budget, 60).join();
    CompletableFuture<Permit> large = ask(budget, 50);
    CompletableFuture<Permit> small = ask(budget, 10);
    assertFalse(large.isDone());
    assertFalse(small.isDone());
    first.shrinkTo(50);
    assertTrue(large.isDone());
    assertFalse(small.isDone());
    first.close();
    assertTrue(small.isDone());
    assertEquals(60, budget.inUseBytes());
  }

  @Test
  void shouldPassAnElementLargerThanTheCapacityAlone() {
    ByteBudget budget = new ByteBudget(100);
    Permit small = ask(budget, 1).join();
    CompletableFuture<Permit> huge = ask(budget, 1000);
    assertFalse(huge.isDone());
    small.close();
    assertTrue(huge.isDone());
    assertFalse(ask(budget, 1).isDone());
  }

  @Test
  void shouldGiveBackOnceHoweverOftenClosed() {
    ByteBudget budget = new ByteBudget(100);
    Permit permit = ask(budget, 70).join();
    ask(budget, 30).join();
    permit.close();
    permit.close();
    permit.shrinkTo(90); // never grows
    assertEquals(30, budget.inUseBytes());
    assertEquals(100, budget.peakBytes());
  }

  @Test
  void shouldHoldBoundAndAccountUnderRandomUse() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long capacity = 1L + random.nextInt(1000);
      ByteBudget budget = new ByteBudget(capacity);
      List<CompletableFuture<Permit>> asked = new ArrayList<>();
      long largest = 0;
      for (int i = 0; i < 300; i++) {
        if (random.nextInt(2) == 0 || asked.isEmpty()) {
          long bytes = random.nextInt(400);
          largest = Math.max(largest, bytes);
          asked.add(ask(budget, bytes));
        } else {
          CompletableFuture<Permit> one = asked.get(random.nextInt(asked.size()));
          if (one.isDone()) {
            one.join().shrinkTo(random.nextInt(200));
          }
        }
        long held =
            asked.stream().filter(CompletableFuture::isDone).mapToLong(p -> p.join().bytes()).sum();
        assertEquals(held, budget.inUseBytes());
        assertTrue(held <= Math.max(capacity, largest), "seed " + seed);
      }
      for (CompletableFuture<Permit> one : asked) { // in order: each must be granted by then
        one.join().close();
      }
      assertEquals(0, budget.inUseBytes());
    }
  }

  @Test
  void shouldHoldTheBoundWithManyThreads() {
    ByteBudget budget = new ByteBudget(1000);
    AtomicLong held = new AtomicLong();
    AtomicLong most = new AtomicLong();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      long bytes = 1L + i % 300;
      all.add(
          ask(budget, bytes)
              .thenAcceptAsync(
                  permit -> {
                    most.accumulateAndGet(held.addAndGet(bytes), Math::max);
                    held.addAndGet(-bytes);
                    permit.close();
                  }));
    }
    all.forEach(CompletableFuture::join);
    assertTrue(most.get() <= 1000, "held " + most);
    assertEquals(0, budget.inUseBytes());
  }

  @Test
  void shouldRefuseABudgetOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> new ByteBudget(0));
    assertThrows(IllegalArgumentException.class, () -> new ByteBudget(1).acquire(-1));
  }
}
