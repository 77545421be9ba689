package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.PeerLinks;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.file.Disk;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import io.hybnext.streams.batch.WavePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Bugs to be found: each breaks one rule, in one part of a simulated process. */
enum PlantedBug {
  GRADIENT_COUNTED_TWICE(maths(PlantedMaths.DoubledGradient::new)),
  DEPUTY_SKIPS_UPDATE(maths(PlantedMaths.SkippingDeputy::new)),
  STEP_COUNTED_FROM_START_OF_PROCESS(maths(PlantedMaths.ForgetfulStep::new)),
  COMPLETED_STEP_UPDATED_TWICE(maths(PlantedMaths.UpdatingTwice::new)),
  MOMENTS_LOST_ON_THE_WAY(maths(PlantedMaths.LosingMoments::new)),
  MOMENTS_MIXED_UP_ON_THE_WAY(maths(PlantedMaths.MixingMoments::new)),
  MOMENTS_NOT_RESTORED(maths(PlantedMaths.RestoringHalf::new)),
  MOMENTS_LET_GO_TOO_EARLY(maths(PlantedMaths.LettingGo::new)),
  CLIPPED_BY_MEMBER(maths(PlantedMaths.ClippingAlone::new)),
  CHECKPOINT_OF_ANOTHER_STEP(maths(PlantedMaths.CapturingLate::new)),
  SAMPLE_LOST(new LosingSamples()),
  SAMPLES_ORDERED_BY_MEMBER(new OrderingByMember()),
  FOLD_ORDER_BY_ARRIVAL(links(FoldingByArrival::new)),
  SUM_CHANGED_ON_ITS_WAY_TO_DEPUTY(links(ChangingSums::new)),
  VERSION_NOT_TRUE(links(ClaimingMore::new)),
  WEIGHTS_TORN(links(TearingWeights::new)),
  PARTS_NOT_FLUSHED(new UnflushedParts()),
  NAMES_NOT_FLUSHED(new UnflushedNames()),
  JOURNAL_NOT_WRITTEN(new NoJournal()),
  WAVE_NOT_FLUSHED(new UnflushedWaves()),
  NEW_ITEMS_SEEN_A_STEP_LATE(new SeeingLate()),
  LIMIT_NOT_HONOURED(new BeyondLimit()),
  HOLD_IGNORED(new IgnoringHold()),
  STALE_GENERATION_ACCEPTED(new AcceptingRepeats()),
  DEPUTY_ON_THE_HOST_OF_THE_OWNER(new ForgettingHosts()),
  CHECKPOINT_FORGOTTEN(new ForgettingCheckpoint()),
  COMMITTED_BY_ONE_REPORT(new CommittingByOne()),
  LOSS_OF_ONE_MEMBER_REPORTED(new ReportingOwnLoss());

  final Parts parts;

  PlantedBug(Parts parts) {
    this.parts = parts;
  }

  private static Parts maths(BiFunction<SimulatedTrainer, SimulatedTrainStep, TrainStep> make) {
    return new Parts() {
      @Override
      TrainStep trainStep(SimulatedTrainer trainer, SimulatedTrainStep real) {
        return make.apply(trainer, real);
      }
    };
  }

  private static Parts links(BiFunction<SimulatedTrainer, PeerLinks, PeerLinks> make) {
    return new Parts() {
      @Override
      PeerLinks links(SimulatedTrainer trainer, PeerLinks real) {
        return make.apply(trainer, real);
      }
    };
  }

  private static final class LosingSamples extends Parts {
    @Override
    Batch batch(
        SimulatedModel model, WavePlan plan, long step, int microshard, MicroshardRange range) {
      Batch whole = super.batch(model, plan, step, microshard, range);
      boolean cut = range.first() > 0 && microshard == range.end() - 1 && step % 5 == 3;
      return cut ? new Batch(step, microshard, whole.samples().subList(1, 2)) : whole;
    }
  }

  private static final class OrderingByMember extends Parts {
    @Override
    Batch batch(
        SimulatedModel model, WavePlan plan, long step, int microshard, MicroshardRange range) {
      return super.batch(model, plan, step, microshard - range.first(), range);
    }
  }

  /** Two partial sums of a member take each other's place in the tree. */
  private static final class FoldingByArrival extends PlantedLinks {
    FoldingByArrival(SimulatedTrainer trainer, PeerLinks real) {
      super(trainer, real);
    }

    @Override
    void change() {
      MicroshardRange range = trainer.range();
      boolean three = range.first() == 1 && range.end() == 3;
      if (kind() == GRADIENT && three) {
        node(3 - first(), 4 - first());
      }
    }
  }

  private static final class ChangingSums extends PlantedLinks {
    ChangingSums(SimulatedTrainer trainer, PeerLinks real) {
      super(trainer, real);
    }

    @Override
    void change() {
      if (kind() == SUM && step() % 4 == 1) {
        entries.putFloat(0, -entries.getFloat(0) / 2);
      }
    }
  }

  private static final class ClaimingMore extends PlantedLinks {
    private static final int RUN_BYTES = 32;

    ClaimingMore(SimulatedTrainer trainer, PeerLinks real) {
      super(trainer, real);
    }

    @Override
    void change() {
      for (int run = 0; kind() == HOLDINGS && run < count(); run++) {
        raise(run * RUN_BYTES);
        raise(run * RUN_BYTES + Long.BYTES);
      }
    }

    private void raise(int at) {
      entries.putLong(at, trainer.committed());
    }
  }

  private static final class TearingWeights extends PlantedLinks {
    TearingWeights(SimulatedTrainer trainer, PeerLinks real) {
      super(trainer, real);
    }

    @Override
    void change() {
      if (kind() == WEIGHTS && step() < 0) {
        entries.putFloat(0, 0.25f);
      }
    }
  }

  private static final class UnflushedParts extends Parts {
    @Override
    Disk disk(SimulatedDisk real) {
      return new PlantedDisk(real) {
        @Override
        public void force(Path path) throws IOException {
          if (!path.toString().endsWith(".bin")) {
            super.force(path);
          }
        }
      };
    }
  }

  private static final class UnflushedNames extends Parts {
    @Override
    Disk disk(SimulatedDisk real) {
      return new PlantedDisk(real) {
        @Override
        public void force(Path path) throws IOException {
          if (!isFolder(path)) {
            super.force(path);
          }
        }
      };
    }
  }

  private static final class NoJournal extends Parts {
    @Override
    Disk disk(SimulatedDisk real) {
      return new PlantedDisk(real) {
        @Override
        public Appender append(Path file, long keepBytes) throws IOException {
          super.append(file, keepBytes);
          return new Appender() {
            @Override
            public void write(byte[] bytes) {}

            @Override
            public void force() {}

            @Override
            public void truncate(long lengthBytes) {}

            @Override
            public void close() {}
          };
        }
      };
    }
  }

  private static final class UnflushedWaves extends Parts {
    @Override
    Disk disk(SimulatedDisk real) {
      return new PlantedDisk(real) {
        @Override
        public Appender append(Path file, long keepBytes) throws IOException {
          Appender appender = super.append(file, keepBytes);
          return file.endsWith(WaveLedger.FILE) ? new Unflushed(appender) : appender;
        }
      };
    }
  }

  private record Unflushed(Disk.Appender real) implements Disk.Appender {
    @Override
    public void write(byte[] bytes) throws IOException {
      real.write(bytes);
    }

    @Override
    public void force() {}

    @Override
    public void truncate(long lengthBytes) throws IOException {
      real.truncate(lengthBytes);
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }

  private static final class SeeingLate extends Parts {
    @Override
    List<Wave> waves(long step, List<Wave> real) {
      int last = real.size() - 1;
      return last >= 0 && real.get(last).step() == step ? real.subList(0, last) : real;
    }
  }

  private static final class BeyondLimit extends Parts {
    @Override
    void obey(SimulatedTrainer trainer, RunAction real, Consumer<RunAction> orders) {
      orders.accept(real instanceof RunAction.Proceed proceed ? beyond(proceed) : real);
    }
  }

  private static RunAction.Proceed beyond(RunAction.Proceed order) {
    return new RunAction.Proceed(
        order.generation(),
        order.holds(),
        order.limit() + 3,
        order.checkpoint(),
        order.committed());
  }

  private static final class IgnoringHold extends Parts {
    @Override
    void obey(SimulatedTrainer trainer, RunAction real, Consumer<RunAction> orders) {
      orders.accept(real);
      if (real instanceof RunAction.Hold hold) {
        orders.accept(
            new RunAction.Proceed(
                hold.generation(), hold.holds(), trainer.committed() + 5, Optional.empty(), 0));
      }
    }
  }

  /** An announcement that is heard again counts as a new one. */
  private static final class AcceptingRepeats extends Parts {
    @Override
    void obey(SimulatedTrainer trainer, RunAction real, Consumer<RunAction> orders) {
      if (real instanceof RunAction.Announce announce
          && announce.generation().number() <= trainer.generation()) {
        Generation old = announce.generation();
        orders.accept(
            new RunAction.Announce(
                new Generation(
                    old.run(),
                    trainer.generation() + 1,
                    old.members(),
                    old.startStep(),
                    old.checkpoint(),
                    old.aeronDirectory(),
                    old.channel())));
      } else {
        orders.accept(real);
      }
    }
  }

  private static final class ForgettingCheckpoint extends Parts {
    @Override
    void obey(SimulatedTrainer trainer, RunAction real, Consumer<RunAction> orders) {
      if (real instanceof RunAction.Announce announce) {
        Generation of = announce.generation();
        orders.accept(
            new RunAction.Announce(
                new Generation(
                    of.run(),
                    of.number(),
                    of.members(),
                    of.startStep(),
                    "",
                    of.aeronDirectory(),
                    of.channel())));
      } else {
        orders.accept(real);
      }
    }
  }

  /** Two members of one host keep both copies of what one of them owns. */
  private static final class ForgettingHosts extends Parts {
    @Override
    void obey(SimulatedTrainer trainer, RunAction real, Consumer<RunAction> orders) {
      if (real instanceof RunAction.Announce announce) {
        Generation of = announce.generation();
        orders.accept(
            new RunAction.Announce(
                new Generation(
                    of.run(),
                    of.number(),
                    of.members().stream().map(ForgettingHosts::withoutHost).toList(),
                    of.startStep(),
                    of.checkpoint(),
                    of.aeronDirectory(),
                    of.channel())));
      } else {
        orders.accept(real);
      }
    }

    private static Member withoutHost(Member of) {
      return new Member(of.trainer(), of.incarnation(), of.rank(), of.microshards());
    }
  }

  private static final class CommittingByOne extends Parts {
    @Override
    void hear(RunEvent real, Consumer<RunEvent> coordinator) {
      coordinator.accept(real);
      if (real instanceof RunEvent.StepReported step) {
        for (int slot = 0; slot < Faults.MOST_TRAINERS; slot++) {
          coordinator.accept(
              new RunEvent.StepReported(World.name(slot), step.generation(), step.report()));
        }
      }
    }
  }

  private static final class ReportingOwnLoss extends Parts {
    @Override
    void hear(RunEvent real, Consumer<RunEvent> coordinator) {
      if (real instanceof RunEvent.StepReported step && step.report().step() % 3 == 0) {
        StepReport of = step.report();
        StepReport other =
            new StepReport(
                of.step(),
                of.nll() / 2,
                of.gva(),
                of.zLoss(),
                of.tokens(),
                of.gradientNorm(),
                of.applied(),
                of.learningRate(),
                of.computeNs(),
                of.exchangeNs(),
                of.dataWaitNs(),
                of.stepNs(),
                of.doneMs(),
                of.items());
        coordinator.accept(new RunEvent.StepReported(step.trainer(), step.generation(), other));
      } else {
        coordinator.accept(real);
      }
    }
  }
}
