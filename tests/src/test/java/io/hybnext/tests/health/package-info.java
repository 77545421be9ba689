/**
 * Whether a run of real processes says who is not well, and what it is: faults of many kinds are
 * injected one after the other, and what the run tells is compared with what was done. Read {@link
 * io.hybnext.tests.health.Ward} first.
 */
package io.hybnext.tests.health;
