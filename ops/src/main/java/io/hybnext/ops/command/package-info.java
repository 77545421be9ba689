/**
 * One class a command of {@code ops/hybnext}: options in, a service call, the result out. What they
 * share is {@link io.hybnext.ops.cli.HybnextCommand}.
 */
package io.hybnext.ops.command;
