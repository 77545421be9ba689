/**
 * {@code tests/soak}: what a long run's processes hold must not grow ({@link
 * io.hybnext.tests.soak.Slope}).
 */
package io.hybnext.tests.soak;
