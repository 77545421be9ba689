/**
 * What a training run is and which way it goes: settings, progress, and the protocol's state
 * machine, free of Pekko, clock, disk and network. Read {@link io.hybnext.actors.run.RunState}
 * first.
 */
package io.hybnext.actors.run;
