/**
 * Whether the processes of a run live: each keeps a connection to the coordinator and says so many
 * times a second, so that death is known at once and a stop within a fraction of a second. Read
 * {@link io.hybnext.actors.lifeline.PulseBoard} first.
 */
package io.hybnext.actors.lifeline;
