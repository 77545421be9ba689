package io.hybnext.actors.health;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Memory of trainers, machines and GPUs, errors of GPUs, and whatever probes look at. */
final class ResourceJudge implements Judge {
  private static final long FRESH_NS = 5_000_000_000L;
  private static final double LOW = 0.04; // of the memory of a machine
  private static final double LAST = 0.015;
  private static final double HEAP_FULL = 0.93;
  private static final double DEVICE_FULL = 0.985;
  private static final String ROOM =
      "End other programs there, or use smaller microshards or training.recompute.";

  private record Told(Vitals vitals, long atNs) {}

  private record Looked(HealthSignal.Probed probed, long atNs) {}

  private final RunView run;
  private final Map<String, Told> trainers = new LinkedHashMap<>();
  private final Map<String, Looked> probes = new LinkedHashMap<>();

  ResourceJudge(RunView run) {
    this.run = run;
  }

  @Override
  public void on(HealthSignal signal, long nowNs) {
    if (signal instanceof HealthSignal.Beat beat) {
      trainers.put(beat.trainer(), new Told(beat.vitals(), nowNs));
    } else if (signal instanceof HealthSignal.Probed probed) {
      probes.put(probed.actor() + " " + probed.cause(), new Looked(probed, nowNs));
    }
  }

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    trainers.values().removeIf(told -> nowNs - told.atNs() > FRESH_NS);
    trainers.forEach((trainer, told) -> judge(trainer, told.vitals(), out));
    for (Looked looked : probes.values()) {
      HealthSignal.Probed probed = looked.probed();
      if (nowNs - looked.atNs() > 2 * FRESH_NS) {
        out.accept(
            Condition.degraded(
                probed.actor(),
                probed.cause(),
                "Looking at " + probed.actor() + " does not come to an end.",
                "See whether it answers at all; a network disk may hang."));
      } else {
        probed
            .trouble()
            .ifPresent(
                found ->
                    out.accept(
                        new Condition(
                            probed.actor(),
                            probed.cause(),
                            found.state(),
                            found.sentence(),
                            found.action())));
      }
    }
  }

  private void judge(String trainer, Vitals vitals, Consumer<Condition> out) {
    Vitals.Device device = vitals.device();
    if (!device.trouble().isEmpty()) {
      out.accept(
          Condition.failed(
              trainer,
              Cause.DEVICE_FAILING,
              "The GPU of "
                  + trainer
                  + " ("
                  + device.name()
                  + ") reports "
                  + device.trouble()
                  + ".",
              "Drain " + trainer + " and take that GPU out of work (nvidia-smi -q, dmesg)."));
    }
    Vitals.Memory memory = vitals.memory();
    double free = share(memory.hostAvailableBytes(), memory.hostBytes(), 1);
    if (free < LOW && trainer.equals(greatest(memory))) {
      String sentence = "The machine of " + trainer + " has " + percent(free) + " of memory left";
      out.accept(pressure(trainer, sentence, memory.residentBytes(), free < LAST, ROOM));
    } else if (share(memory.heapBytes(), memory.heapLimitBytes(), 0) > HEAP_FULL) {
      String sentence = "The Java heap of " + trainer + " is full";
      out.accept(pressure(trainer, sentence, memory.heapBytes(), false, "Raise trainers.heap."));
    } else if (share(device.usedBytes(), device.totalBytes(), 0) > DEVICE_FULL) {
      String sentence = "The GPU of " + trainer + " has no memory left";
      out.accept(pressure(trainer, sentence, device.usedBytes(), false, ROOM));
    }
  }

  private static Condition pressure(
      String trainer, String what, long bytes, boolean last, String action) {
    String sentence =
        String.format(Locale.ROOT, "%s (%.1f GiB in use by it).", what, bytes / 1073741824.0);
    return last
        ? Condition.failed(trainer, Cause.MEMORY_PRESSURE, sentence, action)
        : Condition.degraded(trainer, Cause.MEMORY_PRESSURE, sentence, action);
  }

  /** Of the trainers that see the same machine, the one that holds most. */
  private String greatest(Vitals.Memory memory) {
    String most = "";
    long bytes = -1;
    for (Map.Entry<String, Told> entry : trainers.entrySet()) {
      Vitals.Memory other = entry.getValue().vitals().memory();
      boolean low = share(other.hostAvailableBytes(), other.hostBytes(), 1) < LOW;
      boolean member = run.members().isEmpty() || run.members().contains(entry.getKey());
      boolean sameMachine = other.hostBytes() == memory.hostBytes();
      if (low && member && sameMachine && other.residentBytes() > bytes) {
        most = entry.getKey();
        bytes = other.residentBytes();
      }
    }
    return most;
  }

  private static double share(long part, long whole, double unknown) {
    return whole <= 0 ? unknown : part / (double) whole;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
