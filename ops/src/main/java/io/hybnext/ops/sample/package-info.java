/**
 * Makes the bundled sample data from the original collection: {@link
 * io.hybnext.ops.sample.SampleMaker}. Kept so that anyone can repeat and check it.
 */
package io.hybnext.ops.sample;
