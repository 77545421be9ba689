package io.hybnext.tests.equality;

import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.streams.batch.BatchSource;
import io.hybnext.streams.batch.PrefetchSettings;
import io.hybnext.streams.batch.StoreBatchSource;
import java.nio.file.Path;

/**
 * What trainers of this process compute: the same as the run of a folder, to the byte.
 *
 * @param run file of that run
 * @param settings of it
 * @param config its network
 * @param engine with as many threads as its trainers had
 * @param streams what reads batches, for all trainers
 */
record TrainingInputs(
    RunFile run,
    HybnextSettings settings,
    TrainingConfig config,
    TorchEngine engine,
    StreamSystem streams) {

  /** Those of a run's folder; reads batches on {@code streams}, which stays the caller's. */
  static TrainingInputs of(Path folder, StreamSystem streams) {
    RunFile run = RunFile.read(new RunFolder(folder));
    HybnextSettings settings = run.effective();
    TorchEngine engine =
        TorchEngine.start(ComputeDevice.parse("cpu"), settings.trainers().threads());
    return new TrainingInputs(run, settings, run.trainingConfig(), engine, streams);
  }

  int microshards() {
    return settings.training().microshards();
  }

  BatchSource batches(Path folder) {
    return new StoreBatchSource(
        streams.system(),
        settings.data().store(),
        run.snapshot(),
        settings.training().seed(),
        settings.training().globalBatch(),
        microshards(),
        new RunFolder(folder).waves(),
        PrefetchSettings.DEFAULT);
  }
}
