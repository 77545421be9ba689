package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.RunIdentity;

/**
 * Everything that the coordinator needs to know of a run.
 *
 * @param identity what must stay the same over restarts
 * @param plan how far it goes, and with whom
 * @param limits what it puts up with
 */
public record RunSettings(RunIdentity identity, RunPlan plan, RunLimits limits) {}
