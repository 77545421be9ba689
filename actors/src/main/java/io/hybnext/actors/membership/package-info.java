/**
 * Who computes what: the numbered view of the run's trainers that everything in a step is tied to.
 * Read {@link io.hybnext.actors.membership.Generation} first.
 */
package io.hybnext.actors.membership;
