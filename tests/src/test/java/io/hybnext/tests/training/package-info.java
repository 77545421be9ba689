/**
 * Whole runs: real networks, trainer processes, cluster and exchange, compared byte for byte. Read
 * {@link io.hybnext.tests.training.TrainingBytesTest} first.
 */
package io.hybnext.tests.training;
