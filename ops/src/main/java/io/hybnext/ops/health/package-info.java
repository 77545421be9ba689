/**
 * What people are told of a run's health outside of it. Read {@link
 * io.hybnext.ops.health.RunStatus} first: a run as its folder tells, alive or not.
 */
package io.hybnext.ops.health;
