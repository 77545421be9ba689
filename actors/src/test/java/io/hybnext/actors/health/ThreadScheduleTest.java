package io.hybnext.actors.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ThreadScheduleTest {
  @TempDir private Path folder;

  private void write(String times, String machine) throws IOException {
    Files.writeString(folder.resolve("schedstat"), times + "\n");
    Files.writeString(folder.resolve("stat"), machine + "\ncpu0 1 2 3\n");
  }

  @Test
  void shouldCountWhatTheHypervisorTookAsWaiting() throws IOException {
    ThreadSchedule schedule =
        ThreadSchedule.of(folder.resolve("schedstat"), folder.resolve("stat"));
    write("1000000000 500000000 7", "cpu  100 0 100 5000 10 0 0 0 0 0");
    Vitals.Processor first = schedule.read();
    assertEquals(1000, first.ranMs());
    assertEquals(500, first.waitedMs());
    // 400 ticks of work, of which a quarter was stolen
    write("1600000000 700000000 9", "cpu  300 0 200 5900 10 0 0 100 0 0");
    Vitals.Processor then = schedule.read();
    assertEquals(1600, then.ranMs());
    assertEquals(700 + 600 / 3.0, then.waitedMs(), 1e-6);
    assertEquals(0.4, then.waitShare(first), 1e-6);
  }

  @Test
  void shouldKnowNothingWhereTheKernelDoesNotTell() throws IOException {
    Path absent = folder.resolve("absent");
    assertSame(Vitals.Processor.UNKNOWN, ThreadSchedule.of(absent, absent).read());
    write("CONFIG_SCHEDSTATS is off", "cpu");
    ThreadSchedule odd = ThreadSchedule.of(folder.resolve("schedstat"), folder.resolve("stat"));
    assertSame(Vitals.Processor.UNKNOWN, odd.read());
    assertEquals(0, Vitals.Processor.UNKNOWN.waitShare(Vitals.Processor.UNKNOWN));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldReadTheThreadThatAsks() {
    ThreadSchedule schedule = ThreadSchedule.ofThisThread();
    assertTrue(schedule.isOfThisThread());
    double sum = 0;
    long startNs = System.nanoTime();
    while (System.nanoTime() - startNs < 20_000_000) { // some work
      sum += Math.sqrt(startNs);
    }
    Vitals.Processor told = schedule.read();
    boolean known = told.ranMs() > 0 || told.equals(Vitals.Processor.UNKNOWN);
    assertTrue(known && sum > 0, told::toString);
  }
}
