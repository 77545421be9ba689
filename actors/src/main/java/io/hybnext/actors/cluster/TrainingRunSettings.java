package io.hybnext.actors.cluster;

import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.run.RunSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@link TrainingRun#start} needs.
 *
 * @param run the run itself
 * @param endpoint where the coordinator listens for trainers
 * @param journal file of the run's own record, {@code run.jsonl} in the run's folder
 * @param journalSteps a committed step is noted there when its number is a multiple of this
 * @param tls what this process proves with that it belongs to the cluster; empty without TLS
 * @param rendezvous how it finds the cluster and is watched from outside; may be empty
 * @param probes what is looked at for the run's health, besides the disk of its folder
 */
public record TrainingRunSettings(
    RunSettings run,
    Endpoint endpoint,
    Path journal,
    long journalSteps,
    Optional<TlsFiles> tls,
    Optional<Rendezvous> rendezvous,
    List<HealthProbe> probes) {

  /** Copies the list. */
  public TrainingRunSettings {
    probes = List.copyOf(probes);
  }

  /** A run whose folder's disk alone is looked at. */
  public TrainingRunSettings(
      RunSettings run, Endpoint endpoint, Path journal, long journalSteps, Optional<TlsFiles> tls) {
    this(run, endpoint, journal, journalSteps, tls, Optional.empty(), List.of());
  }

  /** A run without TLS, for a cluster that no other host can reach. */
  public TrainingRunSettings(RunSettings run, Endpoint endpoint, Path journal, long journalSteps) {
    this(run, endpoint, journal, journalSteps, Optional.empty());
  }

  /** The same that listens elsewhere. */
  public TrainingRunSettings at(Endpoint other) {
    return new TrainingRunSettings(run, other, journal, journalSteps, tls, rendezvous, probes);
  }

  /** The same with more to look at. */
  public TrainingRunSettings withProbes(List<HealthProbe> others) {
    return new TrainingRunSettings(run, endpoint, journal, journalSteps, tls, rendezvous, others);
  }

  /** The same that is found, and finds others, like this. */
  public TrainingRunSettings with(Optional<Rendezvous> meeting) {
    return new TrainingRunSettings(run, endpoint, journal, journalSteps, tls, meeting, probes);
  }
}
