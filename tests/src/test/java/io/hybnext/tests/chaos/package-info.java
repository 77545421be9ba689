/**
 * {@code tests/chaos}: a run of many processes under a seeded schedule of faults ({@link
 * io.hybnext.tests.chaos.Schedule}), and what is left of it ({@link
 * io.hybnext.tests.chaos.ChaosReport}).
 */
package io.hybnext.tests.chaos;
