package io.hybnext.actors.cluster;

import io.hybnext.actors.run.RunSettings;
import java.nio.file.Path;

/**
 * What {@link TrainingRun#start} needs.
 *
 * @param run the run itself
 * @param endpoint where the coordinator listens for trainers
 * @param journal file of the run's own record, {@code run.jsonl} in the run's folder
 * @param journalSteps a committed step is noted there when its number is a multiple of this
 */
public record TrainingRunSettings(
    RunSettings run, Endpoint endpoint, Path journal, long journalSteps) {}
