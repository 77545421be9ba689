package io.hybnext.actors.checkpoint;

/**
 * What must be the same for a run to go on from a checkpoint with the same bytes. Kept in every
 * checkpoint's manifest.
 *
 * @param run identifier of the run
 * @param settingsFingerprint hash over the settings that decide the result (model, seed, batch,
 *     optimiser, precision; not the number of trainers or steps)
 * @param dataFingerprint hash over the data snapshot
 * @param codeVersion commit or release; shown, not compared
 */
public record RunIdentity(
    String run, String settingsFingerprint, String dataFingerprint, String codeVersion) {}
