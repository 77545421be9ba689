/**
 * Health by name: who reports what he does ({@link io.hybnext.actors.health.Vitals}), and what is
 * concluded from it, as a state machine without clock, thread or file. Read {@link
 * io.hybnext.actors.health.HealthMonitor} first.
 */
package io.hybnext.actors.health;
