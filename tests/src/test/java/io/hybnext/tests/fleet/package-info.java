/**
 * Runs of many real processes that the executables under {@code tests/} disturb and judge: their
 * processes ({@link io.hybnext.tests.fleet.Fleet}), when steps were committed ({@link
 * io.hybnext.tests.fleet.Commits}), what the journal accounts for ({@link
 * io.hybnext.tests.fleet.StepAccount}), and the undisturbed run to compare with ({@link
 * io.hybnext.tests.fleet.FleetRun}).
 */
package io.hybnext.tests.fleet;
