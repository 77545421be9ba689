/**
 * Where the maths of {@code model} is plugged into the small interfaces of {@code streams} and
 * {@code actors}; nothing else in Hybnext knows both sides.
 */
package io.hybnext.ops.wiring;
