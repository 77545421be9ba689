/**
 * The only {@code main()}: {@link io.hybnext.ops.Hybnext} names every command. Each command is a
 * thin class of package {@code command}; the work is in services of the packages beside it.
 */
package io.hybnext.ops;
